// The editor of forms and other texts: a field for the text that saves as one goes, findings, and a preview by the server.
import { Desk, send } from "./editor/desk.js";
import { Findings } from "./editor/findings.js";

const place = document.querySelector("[data-text-editor]");
const text = place.querySelector("textarea");
const preview = document.querySelector("[data-preview]");

// Lint names a key of the form: the line in which it is given is shown.
function show(key) {
  const quoted = `"${key}"`;
  const at = [`"key": ${quoted}`, `"key":${quoted}`, `"path": ${quoted}`, quoted]
    .map((pattern) => text.value.indexOf(pattern)).find((found) => found >= 0) ?? -1;
  text.focus();
  if (at < 0) return;
  text.setSelectionRange(at, at + key.length + 2);
  const line = text.value.slice(0, at).split("\n").length;
  text.scrollTop = (line - 4) * Number.parseFloat(getComputedStyle(text).lineHeight);
}

let asked = 0;

async function drawPreview() {
  if (!preview) return;
  const own = (asked += 1);
  const answer = await send(place.dataset.previewUrl, { content: text.value });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-preview]");
  if (own === asked && fresh) preview.replaceChildren(...fresh.childNodes);
}

function begin() {
  const findings = new Findings(place, show, () => {});
  findings.drawn();
  const form = place.closest("form");
  const desk = new Desk(place, async () => text.value, () => {
    form.elements.revision.value = desk.revision; // for a button that is pressed without us
    findings.fetch();
  });
  place.desk = desk;
  let timer = 0;
  text.addEventListener("input", () => {
    desk.touch();
    clearTimeout(timer);
    timer = setTimeout(() => drawPreview().catch((error) => console.warn("preview", error)), 600);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (desk.dirty) desk.save();
    else findings.fetch();
  });
  place.dataset.ready = "yes";
  const wanted = decodeURIComponent(window.location.hash.slice(1));
  if (wanted && !document.getElementById(wanted)) show(wanted);
}

begin();
