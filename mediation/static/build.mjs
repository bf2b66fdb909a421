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

// Entry points of ours; what they import comes along.
const bundles = ["app.js", "app.css", "flow-diagram.js", "flow-diagram.css", "charts.js"];
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

async function bundle() {
  const result = await build({
    entryPoints: bundles.map((name) => join(source, name)),
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    outdir: dist,
    target: ["chrome100", "firefox100", "safari15"],
    loader: { ".woff2": "dataurl", ".woff": "empty", ".ttf": "empty", ".eot": "empty", ".svg": "dataurl" },
    legalComments: "inline",
    logLevel: "warning",
  });
  for (const file of result.outputFiles) keep(basename(file.path), file.contents);
}

// Icons that code or data name; those that templates name are found there.
function iconNames() {
  const names = new Set(JSON.parse(readFileSync(join(source, "icons.json"), "utf8")));
  for (const entry of readdirSync(join(root, "templates"), { recursive: true })) {
    if (!entry.endsWith(".html")) continue;
    const text = readFileSync(join(root, "templates", entry), "utf8");
    for (const match of text.matchAll(/\bicon(?:_name)?\s*(?:\(|=|\|default\()\s*["']([a-z0-9-]+)["']/g)) names.add(match[1]);
  }
  return [...names].sort();
}

function symbol(name) {
  const file = join(parts, "@tabler/icons/icons/outline", `${name}.svg`);
  if (!existsSync(file)) throw new Error(`There is no icon "${name}" in @tabler/icons.`);
  const shapes = readFileSync(file, "utf8").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
    `stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
}

function sprite() {
  return `<svg xmlns="http://www.w3.org/2000/svg">${iconNames().map(symbol).join("")}</svg>`;
}

mkdirSync(dist, { recursive: true });
await bundle();
keep("icons.svg", sprite());
for (const [name, path] of Object.entries(copies)) keep(name, readFileSync(path));
writeFileSync(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");

// Only now what an earlier build left: a server that runs meanwhile never misses a file.
const wanted = new Set(["manifest.json", ...Object.values(manifest)]);
for (const name of readdirSync(dist)) if (!wanted.has(name)) rmSync(join(dist, name));
