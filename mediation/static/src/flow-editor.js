// The editor of a flow: the bpmn.io modeler with the Zeebe panel, this program's own properties, and lint at the elements.
import { CloudElementTemplatesPropertiesProviderModule } from "bpmn-js-element-templates";
import Modeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from "bpmn-js-properties-panel";
import ZeebeBehaviorsModule from "camunda-bpmn-js-behaviors/lib/camunda-cloud";
import minimapModule from "diagram-js-minimap";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";

import { Desk, send } from "./editor/desk.js";
import drawable from "./editor/drawable.js";
import { Findings, sign } from "./editor/findings.js";
import stepProperties from "./editor/task-properties.js";
import { translation } from "./editor/translate.js";

const place = document.querySelector("[data-flow-editor]");
const NARROW = window.matchMedia("(max-width: 47.99rem)").matches;

function build() {
  const container = place.querySelector("[data-canvas]");
  const moddleExtensions = { zeebe };
  if (NARROW) {
    return new NavigatedViewer({ container, moddleExtensions, additionalModules: [translation(place)] });
  }
  return new Modeler({
    container,
    moddleExtensions,
    catalogue: JSON.parse(place.dataset.catalogue),
    propertiesPanel: { parent: place.querySelector("[data-panel]") },
    minimap: { open: false },
    additionalModules: [
      BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule, ZeebeBehaviorsModule,
      CloudElementTemplatesPropertiesProviderModule, minimapModule, stepProperties, drawable, translation(place),
    ],
  });
}

async function open(modeler, xml) {
  await modeler.importXML(xml);
  showAll(modeler);
}

// Large drawings open at a size that one can read, at their beginning; all of it is one button away.
function showAll(modeler, whole = false) {
  const canvas = modeler.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (whole || canvas.zoom() >= 0.5) return;
  const { inner, outer } = canvas.viewbox();
  const [width, height] = [outer.width / 0.7, outer.height / 0.7];
  const beside = NARROW ? 20 : 150 / 0.7; // the palette covers the left edge
  canvas.viewbox({ x: inner.x - beside, y: inner.y - 20, width, height });
}

function showElement(modeler, id) {
  const element = modeler.get("elementRegistry").get(id);
  const canvas = modeler.get("canvas");
  const selection = modeler.get("selection", false);
  place.scrollIntoView({ block: "nearest" });
  if (!element || element === canvas.getRootElement()) {
    selection?.select([]);
    return;
  }
  const root = canvas.findRoot(element);
  if (root) canvas.setRootElement(root);
  selection?.select(element);
  canvas.scrollToElement(element, 120);
  place.querySelector("[data-canvas]").focus();
}

function markFindings(modeler, found) {
  const overlays = modeler.get("overlays");
  const elements = modeler.get("elementRegistry");
  overlays.remove({ type: "finding" });
  for (const [id, findings] of found) {
    const element = elements.get(id);
    if (!element || element.isImplicit) continue;
    const html = sign(findings);
    html.addEventListener("click", () => {
      const line = document.querySelector(`#findings a[data-element="${CSS.escape(id)}"]`);
      line?.closest("details")?.setAttribute("open", "");
      line?.focus();
    });
    overlays.add(id, "finding", { position: element.waypoints ? { top: -10, left: 0 } : { top: -12, right: 14 }, html });
  }
}

function wireButtons(modeler, desk) {
  const canvas = () => modeler.get("canvas");
  const actions = {
    in: () => canvas().zoom(canvas().zoom() * 1.25),
    out: () => canvas().zoom(canvas().zoom() * 0.8),
    all: () => showAll(modeler, true),
    undo: () => modeler.get("commandStack").undo(),
    redo: () => modeler.get("commandStack").redo(),
    layout: () => layOut(modeler, desk),
  };
  for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", actions[button.dataset.do]);
}

// The drawing is put in order by the server; what a flow does stays as it is.
async function layOut(modeler, desk) {
  const content = await read(modeler);
  const answer = await send(place.dataset.layoutUrl, { content });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    desk.say(told.message ?? desk.words.refused, "warning");
    return;
  }
  await open(modeler, told.content);
  desk.touch();
  await desk.save();
}

const read = async (modeler) => (await modeler.saveXML({ format: true })).xml;

async function begin() {
  const modeler = build();
  place.modeler = modeler; // for the browser's console, and for tests
  try {
    const answer = await fetch(place.dataset.fileUrl, { headers: { Accept: "application/xml" } });
    if (!answer.ok) throw new Error(String(answer.status));
    modeler.get("elementTemplatesLoader", false)?.setTemplates(JSON.parse(place.dataset.templates));
    await open(modeler, await answer.text());
  } catch (error) {
    place.classList.add("editor-unavailable");
    console.error("flow editor", error);
    return;
  }
  const findings = new Findings(place, (id) => showElement(modeler, id), (found) => markFindings(modeler, found));
  findings.drawn();
  if (!NARROW) {
    const desk = new Desk(place, () => read(modeler), () => findings.fetch());
    modeler.on("commandStack.changed", (event) => event.trigger !== "clear" && desk.touch());
    wireButtons(modeler, desk);
    place.desk = desk;
  } else {
    wireButtons(modeler, null);
  }
  place.classList.add("editor-ready");
  place.dataset.ready = "yes";
  const wanted = decodeURIComponent(window.location.hash.slice(1));
  if (wanted) setTimeout(() => showElement(modeler, wanted), 100); // once the panel has mounted
}

begin();
