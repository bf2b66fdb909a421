// What lint says of the draft: a list whose lines lead to the element, and a mark at each element that is meant.

export class Findings {
  // `show(elementId)` selects and shows an element; `mark(Map: element id -> findings)` draws the marks.
  constructor(place, show, mark) {
    Object.assign(this, { place, show, mark });
    this.list = document.querySelector("#findings");
    this.list?.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-element]");
      if (!link) return;
      event.preventDefault();
      this.show(link.dataset.element);
    });
  }

  // The list comes drawn by the server; what is in its lines is all that the marks need.
  async fetch() {
    const asked = (this.asked = (this.asked ?? 0) + 1);
    this.list?.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.place.dataset.findingsUrl, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#findings");
      if (asked !== this.asked || !fresh) return; // a later question is under way
      this.list.replaceChildren(...fresh.childNodes);
      this.drawn();
    } catch (error) {
      console.warn("findings", error);
    } finally {
      this.list?.removeAttribute("aria-busy");
    }
  }

  drawn() {
    const found = new Map();
    for (const link of this.list?.querySelectorAll("a[data-element]") ?? []) {
      const { element, severity } = link.dataset;
      if (!element) continue;
      found.set(element, [...(found.get(element) ?? []), { severity, text: link.textContent.trim() }]);
    }
    this.mark(found);
    this.place.dataset.checked = String(Number(this.place.dataset.checked ?? 0) + 1);
  }
}

export function sign(findings) {
  const wrong = findings.some((one) => one.severity === "error");
  const button = document.createElement("button");
  button.type = "button";
  button.className = `finding-sign ${wrong ? "finding-error" : "finding-warning"}`;
  button.textContent = `${wrong ? "!" : "?"} ${findings.length}`;
  button.title = findings.map((one) => one.text).join("\n");
  return button;
}
