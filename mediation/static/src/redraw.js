// The server draws a form's fields anew when an answer decides which others apply. Who types on meanwhile loses nothing:
// what was changed after the request had left is put into the new fields.

const drawn = (event) => event.detail.target?.id === "fields";
const key = (field) => (field.matches("[type=radio],[type=checkbox]") ? `${field.name}=${field.value}` : field.name);
const told = (field) => (field.matches("[type=radio],[type=checkbox]") ? field.checked : field.value);

function fields(within) {
  const typed = within.querySelectorAll("input:not([type=hidden],[type=file]),select:not([multiple]),textarea");
  return new Map([...typed].filter((field) => field.name).map((field) => [key(field), field]));
}

function values(within) {
  return new Map([...fields(within)].map(([name, field]) => [name, told(field)]));
}

function put(field, value) {
  if (field.matches("[type=radio],[type=checkbox]")) field.checked = value;
  else field.value = value;
}

export function keepTyping() {
  let asked = new Map();
  let since = new Map();
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (drawn(event)) asked = values(event.detail.target);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!drawn(event)) return;
    since = new Map([...values(event.detail.target)].filter(([name, value]) => asked.has(name) && asked.get(name) !== value));
  });
  document.addEventListener("htmx:afterSwap", () => {
    const now = document.getElementById("fields");
    if (!now || !since.size) return;
    const found = fields(now);
    for (const [name, value] of since) if (found.has(name)) put(found.get(name), value);
    since = new Map();
  });
}
