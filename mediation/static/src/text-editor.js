// The editor of forms and other texts: a field for the text that saves as one goes, findings, and a preview by the server.
import { Desk, send } from "./editor/desk.js";
import { Findings } from "./editor/findings.js";

const place = document.querySelector("[data-text-editor]");
const text = place.querySelector("textarea");
const preview = document.querySelector("[data-preview]");
const kind = document.querySelector("[data-preview-kind]"); // layouts of papers: whose sample is shown

// Lint names a key of the form, or a line of the layout: the line is shown.
function show(key) {
  if (/^line-\d+$/.test(key)) return showLine(Number(key.slice(5)));
  const quoted = `"${key}"`;
  const at = [`"key": ${quoted}`, `"key":${quoted}`, `"path": ${quoted}`, quoted]
    .map((pattern) => text.value.indexOf(pattern)).find((found) => found >= 0) ?? -1;
  text.focus();
  if (at < 0) return;
  text.setSelectionRange(at, at + key.length + 2);
  scrollTo(text.value.slice(0, at).split("\n").length);
}

function showLine(line) {
  const lines = text.value.split("\n");
  const at = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(at, at + (lines[line - 1] ?? "").length);
  scrollTo(line);
}

function scrollTo(line) {
  text.scrollTop = (line - 4) * Number.parseFloat(getComputedStyle(text).lineHeight);
}

let asked = 0;

async function drawPreview() {
  if (!preview) return;
  const own = (asked += 1);
  preview.setAttribute("aria-busy", "true");
  const address = kind ? `${place.dataset.previewUrl}?kind=${encodeURIComponent(kind.value)}` : place.dataset.previewUrl;
  const fresh = await printed(address).catch((error) => console.warn("preview", error));
  if (own !== asked) return;
  preview.removeAttribute("aria-busy");
  if (fresh) preview.replaceChildren(...fresh.childNodes);
  else if (preview.dataset.failed) preview.replaceChildren(sentence(preview.dataset.failed));
}

async function printed(address) {
  const answer = await send(address, { content: text.value });
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-preview]");
}

// An empty place would not tell whether a sample is still to come.
function sentence(words) {
  const line = document.createElement("p");
  line.className = "callout callout-warning";
  line.setAttribute("role", "status");
  line.textContent = words;
  return line;
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
  const drawSoon = (milliseconds) => () => {
    clearTimeout(timer);
    timer = setTimeout(drawPreview, milliseconds);
  };
  const drawLater = drawSoon(600);
  text.addEventListener("input", () => {
    desk.touch();
    drawLater();
  });
  kind?.addEventListener("change", drawSoon(0));
  if (kind) drawSoon(0)();
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
