// Reads a part of the page aloud with the browser's own voice. Where there is none, the button stays away.

function lines(part) {
  return [...part.querySelectorAll("[data-say]")].map((line) => line.textContent.trim()).filter(Boolean);
}

const PATIENCE = 3000; // milliseconds; a browser without a voice for the language says nothing at all, not even that

function tell(button, words) {
  let place = button.nextElementSibling?.matches(".read-aloud-said") ? button.nextElementSibling : null;
  if (!place) {
    place = document.createElement("span");
    place.className = "read-aloud-said small";
    place.setAttribute("role", "status");
    button.after(place);
  }
  place.textContent = words;
}

function speak(button, part) {
  const voice = window.speechSynthesis;
  const rest = lines(part).map((text) => {
    const said = new SpeechSynthesisUtterance(text);
    said.lang = part.lang || document.documentElement.lang;
    said.rate = 0.85;
    return said;
  });
  const stop = () => button.setAttribute("aria-pressed", "false");
  const silent = () => {
    if (button.getAttribute("aria-pressed") !== "true") return;
    voice.cancel();
    stop();
    tell(button, button.dataset.saySilent);
  };
  const waiting = window.setTimeout(silent, PATIENCE);
  for (const said of rest) {
    said.addEventListener("start", () => window.clearTimeout(waiting));
    said.addEventListener("error", (event) => {
      window.clearTimeout(waiting);
      if (!["canceled", "interrupted"].includes(event.error)) silent();
    });
  }
  if (rest.length) rest[rest.length - 1].addEventListener("end", stop);
  button.setAttribute("aria-pressed", "true");
  tell(button, "");
  for (const said of rest) voice.speak(said);
}

function start() {
  if (!("speechSynthesis" in window)) return;
  for (const button of document.querySelectorAll("[data-read-aloud]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const speaking = button.getAttribute("aria-pressed") === "true";
      window.speechSynthesis.cancel();
      button.setAttribute("aria-pressed", "false");
      if (!speaking) speak(button, document.getElementById(button.dataset.readAloud));
    });
  }
  window.addEventListener("pagehide", () => window.speechSynthesis.cancel());
}

start();
