// Builds what browsers load: bundles our sources with the npm parts, gives every file a name with the hash of its content,
// and writes manifest.json, from which asset() in the templates finds them. Takes about a second.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const source = join(here, "src");
const dist = join(here, "dist");
const parts = join(root, "node_modules");
const outline = join(parts, "@tabler/icons/icons/outline");

// Entry points of ours; what they import comes along.
const bundles = [
  "app.js", "app.css", "flow-diagram.js", "flow-diagram.css", "charts.js", "calendar.js", "calendar.css", "read-aloud.js",
  "signing.js", "verify.js",
  // Only the pages of the editors load these: for flows 2.6 MB (615 KB zipped), for decisions 1.2 MB (340 KB).
  "flow-editor.js", "flow-editor.css", "decision-editor.js", "decision-editor.css", "text-editor.js", "text-editor.css",
];
// Taken as they are.
const copies = {
  "echarts.js": join(parts, "echarts/dist/echarts.common.min.js"),
  "favicon.svg": join(source, "favicon.svg"),
};

const manifest = {};

function keep(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const hashed = `${basename(name, extname(name))}.${hash}${extname(name)}`;
  writeFileSync(join(dist, hashed), content);
  manifest[name] = hashed;
}

// esbuild has put the hash into a font's name already, and the style sheets ask for it by that name.
function keepFont(name, content) {
  writeFileSync(join(dist, name), content);
  manifest[name] = name;
}

// The expression fields of the editors would put a <style> into the page, which our policy forbids; the sheet that they
// can adopt instead is theirs only inside a shadow root. Here they adopt it in any document.
const adoptedStyles = {
  name: "adopted-styles",
  setup(builder) {
    builder.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const changed = source.replace("!root.head && root.adoptedStyleSheets", "root.adoptedStyleSheets");
      if (changed === source) throw new Error("style-mod has changed: look again how it puts its styles into the page.");
      return { contents: changed, loader: "js" };
    });
  },
};

async function bundle() {
  const result = await build({
    plugins: [adoptedStyles],
    entryPoints: bundles.map((name) => join(source, name)),
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    outdir: dist,
    target: ["chrome100", "firefox100", "safari15"],
    // Fonts are files: our policy lets no page load them from an address that begins with data:.
    loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty", ".eot": "empty", ".svg": "dataurl" },
    legalComments: "inline",
    logLevel: "warning",
  });
  for (const file of result.outputFiles) {
    if (extname(file.path) === ".woff2") keepFont(basename(file.path), file.contents);
    else keep(basename(file.path), file.contents);
  }
}

// One page with everything in it, that opens from a disk: its policy names the hashes of its own script and style, nothing else.
async function checkPage() {
  const folder = join(source, "check");
  const options = { bundle: true, minify: true, write: false, charset: "utf8", target: ["chrome103", "firefox113", "safari16.4"], logLevel: "warning" };
  const built = await Promise.all(["check.js", "check.css"].map((name) => build({ ...options, entryPoints: [join(folder, name)], format: "iife" })));
  const [script, style] = built.map((result) => result.outputFiles[0].text.trim().replaceAll("</", "<\\/"));
  const hash = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  const parts = { SCRIPT_HASH: hash(script), STYLE_HASH: hash(style), SCRIPT: script, STYLE: style };
  return readFileSync(join(folder, "page.html"), "utf8").replace(/%([A-Z_]+)%/g, (_whole, name) => parts[name]);
}

// The icons in use: every quoted word in a page or in the code that is the name of an icon (a word too many costs a few bytes,
// an icon too few would be a page that does not come out), and the usual ones, so that a page being written finds them unbuilt.
function iconNames() {
  const known = new Set(readdirSync(outline).map((file) => basename(file, ".svg")));
  const names = new Set(JSON.parse(readFileSync(join(source, "icons.json"), "utf8")));
  for (const folder of ["templates", "mediation"]) {
    for (const entry of readdirSync(join(root, folder), { recursive: true })) {
      if (!/\.(html|py)$/.test(entry)) continue;
      const text = readFileSync(join(root, folder, entry), "utf8");
      for (const [, word] of text.matchAll(/["']([a-z][a-z0-9-]+)["']/g)) if (known.has(word)) names.add(word);
    }
  }
  return [...names].sort();
}

function symbol(name) {
  const file = join(outline, `${name}.svg`);
  if (!existsSync(file)) throw new Error(`There is no icon "${name}" in @tabler/icons.`);
  const shapes = readFileSync(file, "utf8").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
    `stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
}

function sprite(names) {
  return `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join("")}</svg>`;
}

mkdirSync(dist, { recursive: true });
await bundle();
const icons = iconNames();
keep("icons.svg", sprite(icons));
keep("check.html", await checkPage());
for (const [name, path] of Object.entries(copies)) keep(name, readFileSync(path));
writeFileSync(join(dist, "manifest.json"), JSON.stringify({ files: manifest, icons }, null, 1) + "\n");

// Only now what an earlier build left: a server that runs meanwhile never misses a file.
const wanted = new Set(["manifest.json", ...Object.values(manifest)]);
for (const name of readdirSync(dist)) if (!wanted.has(name)) rmSync(join(dist, name));
