// Saves what somebody types into a long form, so that a lost connection or a closed window costs nothing.

const PAUSE_MS = 1200;

function typed(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  return fields;
}

class Draft {
  constructor(form, csrfToken, words) {
    Object.assign(this, { form, csrfToken, words, dirty: false, timer: 0 });
    this.status = form.querySelector("[data-draft-status]");
    form.addEventListener("input", () => this.touch());
    form.addEventListener("change", () => this.touch());
    form.addEventListener("submit", () => this.settle());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.dirty) this.save(true);
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
  }

  touch() {
    this.dirty = true;
    clearTimeout(this.timer);
    if (this.form.dataset.draftUrl) this.timer = setTimeout(() => this.save(), PAUSE_MS);
  }

  settle() {
    clearTimeout(this.timer);
    this.dirty = false;
  }

  say(text, tone = "") {
    if (!this.status) return;
    this.status.textContent = text;
    this.status.dataset.tone = tone;
  }

  async save(leaving = false) {
    if (!this.form.dataset.draftUrl) return;
    this.settle();
    this.say(this.words.saySaving);
    try {
      const answer = await fetch(this.form.dataset.draftUrl, {
        method: "POST",
        body: typed(this.form),
        headers: { "X-CSRFToken": this.csrfToken(), Accept: "application/json" },
        keepalive: leaving,
      });
      const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      this.answered(answer, told);
    } catch {
      this.dirty = true;
      this.say(this.words.sayOffline, "warning");
    }
  }

  answered(answer, told) {
    if (answer.ok && !answer.redirected) {
      const now = new Date().toTimeString().slice(0, 5);
      this.say(`${this.words.saySaved} ${told.saved ?? now}`, "good");
    } else {
      this.dirty = answer.status !== 409; // 409: somebody else has finished the step; there is nothing left to save to
      this.say(told.message ?? this.words.sayUnsaved, "warning");
    }
  }
}

export function keepDrafts(within, csrfToken, words) {
  const forms = within.matches?.("form") ? [within] : within.querySelectorAll("form[data-draft-url],form[data-guard]");
  for (const form of forms) {
    if (form.dataset.drafted) continue;
    form.dataset.drafted = "yes";
    new Draft(form, csrfToken, words);
  }
}
