// The editor of decisions: dmn-js with its tables, expressions and requirement diagram, in the language of the page.
import Modeler from "dmn-js/lib/Modeler";

import { Desk } from "./editor/desk.js";
import { decisionWords } from "./editor/decision-words-zh.js";
import { Findings } from "./editor/findings.js";
import { translation } from "./editor/translate.js";

const place = document.querySelector("[data-decision-editor]");

function build() {
  const common = { additionalModules: [translation(place, decisionWords)] };
  return new Modeler({
    container: place.querySelector("[data-canvas]"),
    drd: common, decisionTable: common, literalExpression: common, boxedExpression: common,
  });
}

const read = async (modeler) => (await modeler.saveXML({ format: true })).xml;

// One button for each decision of the file, and one for the drawing of what requires what.
function drawViews(modeler) {
  const holder = document.querySelector("[data-views]");
  const active = modeler.getActiveView();
  holder.replaceChildren(...modeler.getViews().map((view) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-secondary btn-sm";
    button.textContent = view.type === "drd" ? JSON.parse(place.dataset.words).requirements : view.name || view.element.id;
    button.setAttribute("aria-pressed", String(view.element === active?.element && view.type === active?.type));
    button.addEventListener("click", () => modeler.open(view));
    return button;
  }));
}

function listen(modeler, touched) {
  const heard = new WeakSet();
  return () => {
    const viewer = modeler.getActiveViewer();
    if (!viewer || heard.has(viewer)) return;
    heard.add(viewer);
    viewer.on("commandStack.changed", (event) => event.trigger !== "clear" && touched());
  };
}

// A finding names a decision, or something inside one: the first table or expression around it is opened.
function showElement(modeler, id) {
  const views = modeler.getViews();
  const inside = (view) => JSON.stringify([...ids(view.element)]).includes(JSON.stringify(id));
  const found = views.find((view) => view.element.id === id) ?? views.find((view) => view.type !== "drd" && inside(view));
  if (!found) return;
  modeler.open(found).then(() => {
    const cell = place.querySelector(`[data-element-id="${CSS.escape(id)}"], [data-row-id="${CSS.escape(id)}"]`);
    cell?.scrollIntoView({ block: "center" });
    cell?.focus?.();
  });
}

function* ids(node, seen = new Set()) {
  if (!node || typeof node !== "object" || seen.has(node)) return;
  seen.add(node);
  if (node.id) yield node.id;
  for (const key of Object.keys(node)) {
    if (key === "$parent" || key === "di") continue;
    for (const child of Array.isArray(node[key]) ? node[key] : [node[key]]) yield* ids(child, seen);
  }
}

async function begin() {
  const modeler = build();
  place.modeler = modeler;
  try {
    const answer = await fetch(place.dataset.fileUrl, { headers: { Accept: "application/xml" } });
    if (!answer.ok) throw new Error(String(answer.status));
    await modeler.importXML(await answer.text());
    const first = modeler.getViews().find((view) => view.type !== "drd");
    if (first) await modeler.open(first);
  } catch (error) {
    place.classList.add("editor-unavailable");
    console.error("decision editor", error);
    return;
  }
  const findings = new Findings(place, (id) => showElement(modeler, id), () => {});
  findings.drawn();
  const desk = new Desk(place, () => read(modeler), () => findings.fetch());
  const hear = listen(modeler, () => desk.touch());
  modeler.on("views.changed", () => {
    drawViews(modeler);
    hear();
  });
  drawViews(modeler);
  hear();
  place.desk = desk;
  place.classList.add("editor-ready");
  place.dataset.ready = "yes";
  const wanted = decodeURIComponent(window.location.hash.slice(1));
  if (wanted) showElement(modeler, wanted);
}

begin();
