// The field to sign in. The signature is sent with the form as a picture; without this file the page says to use paper.
import SignaturePad from "signature_pad";

const form = document.querySelector("form[data-signing]");
const canvas = form?.querySelector("canvas");

let kept = form?.elements.ink.value ?? ""; // what was written before the page came back with a question

function fit(pad) {
  const ratio = Math.min(Math.max(window.devicePixelRatio || 1, 1), 2);
  const drawn = pad.toData();
  canvas.width = canvas.offsetWidth * ratio;
  canvas.height = canvas.offsetHeight * ratio;
  canvas.getContext("2d").scale(ratio, ratio);
  pad.clear();
  if (kept) pad.fromDataURL(kept, { ratio }).then(() => pad.fromData(drawn, { clear: false }));
  else pad.fromData(drawn); // turning the telephone loses nothing
}

if (canvas) {
  const pad = new SignaturePad(canvas, { penColor: "#101418", minWidth: 1.2, maxWidth: 3.4 });
  const state = document.getElementById("pad-state");
  fit(pad);
  window.addEventListener("resize", () => fit(pad));
  pad.addEventListener("beginStroke", () => { state.textContent = ""; });
  form.querySelector("[data-clear]").addEventListener("click", () => {
    kept = "";
    pad.clear();
  });
  form.addEventListener("submit", (event) => {
    if (pad.isEmpty() && !kept) {
      event.preventDefault();
      event.stopImmediatePropagation();
      state.textContent = form.dataset.sayEmpty;
      return;
    }
    form.elements.ink.value = kept && !pad.toData().length ? kept : pad.toDataURL("image/png");
  }, true);
}
