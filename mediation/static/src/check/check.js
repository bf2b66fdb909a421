// Compares dropped files with a signed manifest. Everything happens in this page.
import { bytesOf, certificate, fromPem, signedBy } from "./certificate.js";
import { words } from "./words.js";
import { unzip } from "./zip.js";

const MANIFEST = "manifest.json", SIGNATURE = "signature.json", PAGE = "check.html";
const answer = document.getElementById("answer"), zone = document.getElementById("drop"), input = document.getElementById("files");
const expected = document.getElementById("fingerprint"), other = document.getElementById("language");
const dropped = new Map(); // name -> bytes, of everything that was given so far
let language = navigator.language.startsWith("zh") ? "zh" : "en";

const say = (key) => words[language][key];
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (content) => hex(await crypto.subtle.digest("SHA-256", content));
const plain = (text) => text.replace(/[^0-9a-f]/gi, "").toLowerCase();

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

function speak() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const one of document.querySelectorAll("[data-say]")) one.textContent = say(one.dataset.say);
  other.textContent = say("other");
  other.lang = language === "zh" ? "en" : "zh-CN";
  document.title = say("title");
}

async function take(files) {
  answer.replaceChildren(element("p", say("reading")));
  try {
    for (const file of files) await put(file);
  } catch {
    dropped.clear();
    answer.replaceChildren(verdict("bad", say("unreadable"), ""));
    return;
  }
  await look();
}

async function put(file) {
  const content = await file.arrayBuffer();
  const isZip = new Uint8Array(content.slice(0, 2)).join() === "80,75";
  if (!isZip) {
    dropped.set(file.name, content);
    return;
  }
  dropped.clear(); // an archive speaks for itself; what was given before belonged to another
  for (const [name, inside] of await unzip(content)) dropped.set(name, inside);
}

async function look() {
  if (!dropped.size) return;
  const manifest = dropped.get(MANIFEST), signature = dropped.get(SIGNATURE);
  if (!manifest || !signature) {
    answer.replaceChildren(verdict("odd", say("need-manifest"), ""));
    return;
  }
  try {
    const told = JSON.parse(new TextDecoder().decode(manifest)), signer = await read(signature, manifest);
    const trusted = signer.valid && [signer.mark, ""].includes(plain(expected.value)); // else nothing that it lists is worth a word
    answer.replaceChildren(said(signer), facts(told, signer), ...(trusted ? await listOf(told.files) : []));
  } catch {
    answer.replaceChildren(verdict("bad", say("forged"), say("forged-more")));
  }
}

async function read(signature, manifest) {
  const told = JSON.parse(new TextDecoder().decode(signature)), der = fromPem(told.certificate), found = certificate(der);
  const valid = await signedBy(found, bytesOf(told.signature), manifest);
  return { name: found.name, until: found.until, valid, mark: await sha256(der) };
}

function said(signer) {
  if (!signer.valid) return verdict("bad", say("forged"), say("forged-more"));
  const wanted = plain(expected.value);
  if (!wanted) return verdict("odd", say("signed"), say("signed-more"));
  return wanted === signer.mark ? verdict("good", say("matches"), say("matches-more")) : verdict("bad", say("differs"), say("differs-more"));
}

function verdict(tone, head, more) {
  const box = element("div", "", `verdict ${tone}`);
  box.append(element("strong", head), element("span", more));
  return box;
}

function facts(told, signer) {
  const list = element("dl", "");
  const mark = signer.mark.toUpperCase().replace(/(.{4})(?=.)/g, "$1 ");
  const rows = [["body", signer.name], ["fingerprint", mark], ["until", signer.until], ["number", told.number], ["matter", told.title],
    ["made", String(told.made_at ?? "").replace("T", " ").slice(0, 16)]];
  for (const [key, value] of rows) list.append(element("dt", say(key)), element("dd", String(value ?? "")));
  return list;
}

// A file is known by its hash, whatever it is called now; one with a known name and another hash was changed.
async function listOf(files) {
  const byHash = new Map(files.map((one) => [one.sha256, one])), byName = new Map();
  for (const one of files) for (const name of [one.path, one.path.split("/").pop(), one.title]) byName.set(name, one);
  const count = { genuine: 0, changed: 0, unknown: 0, absent: 0 }, seen = new Set(), list = element("ul", "");
  for (const [name, content] of dropped) {
    if ([MANIFEST, SIGNATURE, PAGE].includes(name)) continue;
    const hash = await sha256(content), known = byHash.get(hash), named = byName.get(name) ?? byName.get(name.split("/").pop());
    const state = known ? "genuine" : named ? "changed" : "unknown";
    for (const one of files) if (one.sha256 === hash || (!known && one === named)) seen.add(one.path);
    count[state] += 1;
    list.append(line({ genuine: "good", changed: "bad", unknown: "odd" }[state], say(state), name, (known ?? named)?.title));
  }
  for (const one of files) {
    if (seen.has(one.path)) continue;
    count.absent += 1;
    list.append(line("", say("absent"), one.path, one.title));
  }
  return [element("h2", say("files")), element("p", say("summary")(count)), list];
}

function line(tone, state, name, title) {
  const row = element("li", "", tone);
  row.append(element("b", state), " ", name, ...(title && title !== name ? [" · ", title] : []));
  return row;
}

other.addEventListener("click", () => { language = language === "zh" ? "en" : "zh"; speak(); look(); });
input.addEventListener("change", () => { take(input.files); });
expected.addEventListener("input", look);
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
}
document.addEventListener("dragleave", () => zone.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  take(event.dataTransfer.files);
});
speak();
if (!window.crypto?.subtle) answer.replaceChildren(element("p", say("unsupported")));
