// Reads a part of the page aloud with the browser's own voice. Where there is none, the button stays away.

function lines(part) {
  return [...part.querySelectorAll("[data-say]")].map((line) => line.textContent.trim()).filter(Boolean);
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
  if (rest.length) rest[rest.length - 1].addEventListener("end", stop);
  button.setAttribute("aria-pressed", "true");
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
