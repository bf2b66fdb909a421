// What the pages do beyond HTML. Every page works without this file; nothing here decides anything.
import htmx from "htmx.org";

import { keepDrafts } from "./drafts.js";
import { listenForKeys } from "./keys.js";
import { keepTyping } from "./redraw.js";

htmx.config.includeIndicatorStyles = false; // our CSP allows no inline styles
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages hold personal data: none is left in the browser's storage
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true }, // a form with errors comes back as the form
  { code: "[45]..", swap: false, error: true },
];

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

export const csrfToken = () => one('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
});

// A part that could not be fetched says so where people look, instead of failing silently.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, () => announce(document.body.dataset.sayFailed, true));
}

function announce(text, important = false) {
  const place = one("#announcements");
  if (!place || !text) return;
  place.textContent = text;
  place.classList.toggle("callout", important);
  place.classList.toggle("callout-warning", important);
}

// ---- errors: the summary takes the focus, its links lead into the fields ----

function showErrors(within = document) {
  const summary = one(".error-summary", within);
  if (!summary) return;
  const prefix = summary.dataset.titlePrefix;
  if (prefix && !document.title.startsWith(prefix)) document.title = `${prefix}: ${document.title}`;
  summary.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const control = field.matches("input,select,textarea") ? field : one("input,select,textarea", field) ?? field;
  control.focus();
  control.scrollIntoView({ block: "center" });
});

// ---- rows and menus ----

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-href]");
  if (!row || event.target.closest("a,button,input,select,label,summary,form")) return;
  if (String(window.getSelection())) return; // somebody is copying a name out of the row
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
  else window.location.assign(row.dataset.href);
});

document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of all("details.menu[open]")) {
    menu.open = false;
    one("summary", menu).focus();
  }
});

// ---- forms: ask before what cannot be undone, send once, filter at once ----

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter?.matches(".default-submit") ? one(".action-bar .btn-primary", form) : event.submitter;
  const question = button?.dataset.confirm ?? form.dataset.confirm;
  if (!question || form.dataset.confirmed) {
    delete form.dataset.confirmed;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(question, button, () => {
    form.dataset.confirmed = "yes";
    form.requestSubmit(button);
  });
}, true);

function ask(question, opener, onYes) {
  const dialog = one("#confirm-dialog");
  if (!dialog) {
    if (window.confirm(question)) onYes();
    return;
  }
  one("[data-question]", dialog).textContent = question;
  const yes = one("[value=yes]", dialog);
  yes.textContent = opener?.textContent.trim() || yes.textContent;
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "yes") onYes();
    else opener?.focus();
  }, { once: true });
  dialog.returnValue = "";
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("once" in form.dataset) || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => all("button[type=submit],button:not([type])", form).forEach((button) => { button.disabled = true; }));
});

window.addEventListener("pageshow", () => {
  for (const form of all("form[data-sent]")) {
    delete form.dataset.sent;
    all("button:disabled", form).forEach((button) => { button.disabled = false; });
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (form && event.target.matches("select,input[type=radio],input[type=checkbox],input[type=date]")) form.requestSubmit();
});

// An answer that other fields depend on: the server draws the form anew.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-redraw]")) htmx.trigger(event.target.closest("#fields"), "redraw");
});

document.addEventListener("input", (event) => {
  const selector = event.target.dataset?.filterList;
  if (!selector) return;
  const wanted = event.target.value.trim().toLowerCase();
  for (const item of all(selector)) item.hidden = !item.textContent.toLowerCase().includes(wanted);
});

// ---- small buttons ----

const YEAR = 365 * 24 * 3600;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-large-type],[data-print],[data-copy],[data-open-dialog],[data-reveal]");
  if (!button) return;
  if ("largeType" in button.dataset) {
    const large = document.documentElement.classList.toggle("large-type");
    button.setAttribute("aria-pressed", String(large));
    document.cookie = `type=${large ? "large" : "normal"}; path=/; max-age=${YEAR}; samesite=lax`;
  } else if ("print" in button.dataset) {
    window.print();
  } else if (button.dataset.openDialog) {
    document.getElementById(button.dataset.openDialog)?.showModal();
  } else if ("copy" in button.dataset) {
    await navigator.clipboard?.writeText(button.dataset.copy);
    announce(document.body.dataset.sayCopied);
  }
});

// ---- start ----

function begin(within = document) {
  showErrors(within);
  keepDrafts(within, csrfToken, document.body.dataset);
}

document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) begin(event.detail.elt);
});
document.addEventListener("DOMContentLoaded", () => begin());
listenForKeys();
keepTyping();
