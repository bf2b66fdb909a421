// Keeps what is edited: saves as one goes, says who else has the file open, and throws away nothing that somebody typed.

const PAUSE_MS = 1500;
const HERE_MS = 30_000;

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export async function send(url, data) {
  return fetch(url, {
    method: "POST",
    body: JSON.stringify(data),
    headers: { "Content-Type": "application/json", "X-CSRFToken": token(), Accept: "application/json" },
  });
}

const told = async (answer) =>
  answer.headers.get("Content-Type")?.includes("json") ? answer.json() : {};

// `place` carries the addresses and words (data-…), `read` gives the file as it stands in the editor.
export class Desk {
  constructor(place, read, afterSaving = () => {}) {
    Object.assign(this, { place, read, afterSaving });
    this.words = JSON.parse(place.dataset.words);
    this.revision = Number(place.dataset.revision);
    this.dirty = false;
    this.changes = 0;
    this.status = document.querySelector("[data-save-status]");
    this.clash = document.querySelector("[data-clash]");
    document.querySelector("[data-save]")?.addEventListener("click", () => this.save());
    this.clash?.querySelector("[data-mine]")?.addEventListener("click", () => this.insist());
    this.clash?.querySelector("[data-keep]")?.addEventListener("click", () => this.download());
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s") {
        event.preventDefault();
        this.save();
      }
    });
    this.here();
    setInterval(() => this.here(), HERE_MS);
  }

  say(text, tone = "") {
    if (!this.status) return;
    this.status.textContent = text;
    this.status.dataset.tone = tone;
  }

  touch() {
    this.dirty = true;
    this.changes += 1;
    this.say(this.words.unsaved);
    clearTimeout(this.timer);
    if (!this.clashed) this.timer = setTimeout(() => this.save(), PAUSE_MS);
  }

  async save() {
    clearTimeout(this.timer);
    if (this.saving || this.clashed || !this.dirty) return;
    this.saving = true;
    const before = this.changes;
    this.say(this.words.saving);
    try {
      const content = await this.read();
      const answer = await send(this.place.dataset.saveUrl, { content, revision: this.revision });
      this.answered(answer, await told(answer), before);
    } catch (error) {
      console.warn("saving", error);
      this.say(this.words.offline, "warning");
      this.timer = setTimeout(() => this.save(), 4 * PAUSE_MS);
    } finally {
      this.saving = false;
    }
    if (this.dirty && this.changes !== before && !this.clashed) this.timer = setTimeout(() => this.save(), PAUSE_MS);
  }

  answered(answer, { revision, saved, message, theirs }, before) {
    if (answer.ok && revision !== undefined) {
      this.revision = revision;
      this.dirty = this.changes !== before;
      this.say(`${this.words.saved} ${saved}`, "good");
      this.afterSaving();
    } else if (answer.status === 409 && theirs !== undefined) {
      this.lostRace(message, theirs);
    } else {
      this.say(message ?? this.words.refused, "warning");
    }
  }

  // Somebody else saved first: what is drawn here stays, and its author decides.
  lostRace(message, theirs) {
    this.clashed = theirs;
    this.say(this.words.refused, "warning");
    this.clash.querySelector("[data-clash-words]").textContent = message;
    this.clash.hidden = false;
    this.clash.querySelector("button")?.focus();
  }

  insist() {
    this.revision = this.clashed;
    this.clashed = undefined;
    this.clash.hidden = true;
    this.dirty = true;
    this.save();
  }

  async download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([await this.read()], { type: "application/octet-stream" }));
    link.download = this.place.dataset.fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async here() {
    try {
      const answer = await send(this.place.dataset.hereUrl, {});
      const { others, revision, message } = await told(answer);
      if (answer.status === 409 && message) this.say(message, "warning"); // the draft is closed
      const line = document.querySelector("[data-others]");
      if (line && others !== undefined) {
        line.textContent = others;
        line.hidden = !others;
      }
      if (revision > this.revision && !this.saving && !this.clashed) this.lostRace(message, revision);
    } catch {
      // Offline: saving will say so when there is something to save.
    }
  }
}
