// A file is checked by its SHA-256, computed here: the file itself leaves the browser only when somebody sends it.
const form = document.querySelector("form[data-verify]");
const input = form?.querySelector("input[type=file]");
const zone = form?.querySelector("[data-drop]");
const state = form?.querySelector("[data-state]");
const send = form?.querySelector("[data-send]");

async function digest(file) {
  const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function look() {
  const file = input.files[0];
  if (!file) return;
  state.textContent = state.dataset.sayReading;
  try {
    const address = form.dataset.verify + (await digest(file));
    const answer = await fetch(address);
    if (answer.ok) {
      window.location.assign(address);
      return;
    }
    state.textContent = answer.status === 404 ? state.dataset.sayUnknown : state.dataset.sayFailed;
  } catch {
    state.textContent = state.dataset.sayFailed;
  }
  send.hidden = false;
}

if (form && window.crypto?.subtle) { // browsers compute only where the connection is safe; elsewhere the file is sent
  send.hidden = true;
  input.addEventListener("change", look);
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    look();
  });
}
