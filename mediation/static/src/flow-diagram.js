// Draws a flow and marks where a case stands: what is done, what is open, what was skipped. Only shows, never edits.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const SIGNS = { done: "✓", current: "●", skipped: "–", failed: "!" };

function badge(kind, text) {
  const sign = document.createElement("div");
  sign.className = `flow-sign flow-sign-${kind}`;
  sign.textContent = text ? `${SIGNS[kind]} ${text}` : SIGNS[kind];
  return sign;
}

// At the upper left; a gateway's name stands there, so its sign hangs at the lower left.
const corner = (element) => (element.type.endsWith("Gateway") ? { bottom: 10, left: -10 } : { top: -12, left: -8 });

function mark(viewer, marks) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const elements = viewer.get("elementRegistry");
  for (const kind of Object.keys(SIGNS)) {
    for (const id of marks[kind] ?? []) {
      const element = elements.get(id);
      if (!element) continue; // a step of an earlier release that this drawing no longer has
      canvas.addMarker(id, `flow-${kind}`);
      if (element.waypoints) continue;
      overlays.add(id, { position: corner(element), html: badge(kind, marks.notes?.[id]) });
    }
  }
}

const READABLE = 0.5;
const RECOGNISABLE = 0.25;

function showAll(viewer) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  canvas.zoom(Math.min(1, canvas.zoom() * 0.92)); // room for the signs at the edges
}

// As a whole if one can read it so, otherwise what surrounds the step where the case stands; without a case, the start.
function showFrom(viewer, marks) {
  const canvas = viewer.get("canvas");
  const elements = viewer.get("elementRegistry");
  showAll(viewer);
  const here = elements.get(marks.current?.[0]);
  const from = here ?? elements.find((element) => element.type === "bpmn:StartEvent");
  if (!from || canvas.zoom() >= (here ? READABLE : RECOGNISABLE)) return;
  const { outer } = canvas.viewbox();
  const [width, height] = [outer.width / 0.8, outer.height / 0.8];
  const x = here ? here.x + here.width / 2 - width / 2 : from.x - from.width;
  canvas.viewbox({ x, y: from.y + from.height / 2 - height / 2, width, height });
}

async function draw(place) {
  if (place.dataset.drawn) return;
  place.dataset.drawn = "yes";
  const viewer = new NavigatedViewer({ container: place.querySelector(".flow-canvas") });
  const marks = JSON.parse(place.dataset.flowMarks || "{}");
  try {
    const answer = await fetch(place.dataset.flowUrl, { headers: { Accept: "application/xml" } });
    if (!answer.ok) throw new Error(String(answer.status));
    await viewer.importXML(await answer.text());
    mark(viewer, marks);
    showFrom(viewer, marks);
    place.dataset.ready = "yes";
  } catch (error) {
    place.classList.add("flow-unavailable");
    console.error("flow diagram", error);
  }
  wireButtons(place, viewer, marks);
}

function wireButtons(place, viewer, marks) {
  const zoom = (factor) => viewer.get("canvas").zoom(viewer.get("canvas").zoom() * factor);
  const actions = { in: () => zoom(1.25), out: () => zoom(0.8), all: () => showAll(viewer), here: () => showFrom(viewer, marks) };
  for (const button of place.querySelectorAll("[data-zoom]")) button.addEventListener("click", actions[button.dataset.zoom]);
}

// Drawn when it comes into view: inside a closed <details> it has no size yet.
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
});

function begin() {
  for (const place of document.querySelectorAll("[data-flow-url]")) seen.observe(place);
}

document.addEventListener("htmx:load", begin);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
