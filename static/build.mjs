// Builds static/dist: one style sheet, three scripts, the fonts and an icon sprite, each named by its content, and
// manifest.json from plain to built name. Run by `python -m portal.pages.assets`. It fails when a budget is broken.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { PurgeCSS } from "purgecss";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(here, "dist");
const modules = join(root, "node_modules");
const BUDGETS = { "app.css": 40_000, js: 60_000 }; // bytes, gzip

/** Every file under the folders with one of the endings. */
async function files(folders, endings) {
  const found = [];
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isFile() && endings.includes(extname(entry.name))) found.push(join(entry.parentPath, entry.name));
    }
  }
  return found.sort();
}

/** Tabler's rules for what our pages use: a class counts as used when its name stands anywhere in a template or script. */
async function vendorStyles(content) {
  const [purged] = await new PurgeCSS().purge({
    css: [join(modules, "@tabler/core/dist/css/tabler.min.css")],
    content,
    variables: true,
    keyframes: true,
    fontFace: true,
    // Classes that stand in our pages only as part of a longer word, or that collide with plain English in templates.
    blocklist: [/^(page|card|table|badge|avatar|icon|alert|toast|progress|nav|navbar|dropdown|modal|steps|status|tag|note|mark|grid|row|col|list|container|offcanvas|carousel|accordion|breadcrumb|pagination|popover|tooltip|timeline|figure|chart|chat|datagrid|ribbon|stamp|switch|segmented|form-switch|btn-check|btn-group|input-group|spinner|placeholder|markdown|flag|payment|apexcharts|jsvectormap|noUi|litepicker|ts|dz|tox|plyr|tom|fslightbox|iti|sheet|signature|countup|legend|swatch|nav-|hr|space|empty|layout|footer|header|demo|theme|star|sticky|text|bg|border|rounded|shadow|sub|count|lead|small)(-|$)/],
  });
  return purged.css.replace(/@charset[^;]+;/, "");
}

/** One <symbol> for each icon a template or module names in quotes within an expression, and each in icons.txt. */
async function sprite(templates, python) {
  const outline = join(modules, "@tabler/icons/icons/outline");
  const known = new Set((await readdir(outline)).map((name) => basename(name, ".svg")));
  const wanted = new Set();
  const add = (name) => known.has(name) && wanted.add(name);
  for (const file of templates) {
    for (const [expression] of (await readFile(file, "utf8")).matchAll(/\{[{%#][\s\S]*?[}%#]\}/g)) {
      if (expression.startsWith("{#")) continue;
      for (const [, name] of expression.matchAll(/["']([a-z0-9]+(?:-[a-z0-9]+)*)["']/g)) add(name);
    }
  }
  for (const file of python) {
    const text = await readFile(file, "utf8");
    for (const [, name] of text.matchAll(/\bicon(?:_name)?["']?\s*[=:]\s*["']([a-z0-9-]+)["']/g)) add(name);
    // Which icon an entry of a timeline or a queue has is chosen by code: a name with a hyphen is nothing else there.
    for (const [, name] of text.matchAll(/["']([a-z0-9]+(?:-[a-z0-9]+)+)["']/g)) add(name);
  }
  for (const line of (await readFile(join(here, "icons.txt"), "utf8")).split("\n")) {
    const name = line.trim();
    if (name && !name.startsWith("#") && !known.has(name)) throw new Error(`icons.txt: no icon is called ${name}`);
    add(name);
  }
  for (const word of NOT_ICONS) wanted.delete(word);
  const symbols = [];
  for (const name of [...wanted].sort()) {
    const svg = await readFile(join(outline, `${name}.svg`), "utf8");
    const body = svg.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    const shapes = body.replace(/<path[^>]*d="M0 0h24v24H0z"[^>]*\/>/, "").replace(/\s*\n\s*/g, "");
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`);
  }
  return { names: [...wanted].sort(), svg: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>` };
}
const NOT_ICONS = ["select", "label", "section", "article", "table", "list", "forms", "number", "letter-r", "letter-c", "language", "tag", "123"];

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

/** Take away what an earlier build left, last of all, so that a running server never misses a file. */
async function sweep(kept) {
  const stays = new Set([...kept, "manifest.json", "icons.json"]);
  for (const name of await readdir(dist)) if (!stays.has(name) && !name.startsWith(".")) await rm(join(dist, name));
}

async function main() {
  const templates = await files(["portal/pages/templates", "cases/templates", "billing/templates"], [".html"]);
  const python = await files(["portal", "cases", "billing"], [".py"]);
  const scripts = await files(["static/js"], [".js"]);
  await mkdir(dist, { recursive: true });

  const vendor = await vendorStyles([...templates, ...scripts]);
  const fromMemory = {
    name: "vendor styles",
    setup(build) {
      build.onResolve({ filter: /^vendor\.css$/ }, () => ({ path: "vendor.css", namespace: "vendor" }));
      build.onLoad({ filter: /.*/, namespace: "vendor" }, () => ({ contents: vendor, loader: "css", resolveDir: join(modules, "@tabler/core/dist/css") }));
    },
  };
  const built = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { app: "static/js/app.js", theme: "static/js/theme.js", card: "static/js/card.js", "app-style": "static/css/app.css" },
    nodePaths: [modules],
    plugins: [fromMemory],
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022", "chrome120", "firefox121", "safari17"],
    loader: { ".woff2": "file" },
    assetNames: "[name].[hash]",
    entryNames: "[name].[hash]",
    outdir: "static/dist",
    metafile: true,
    legalComments: "none",
    logLevel: "warning",
  });

  const manifest = {};
  for (const [path, output] of Object.entries(built.metafile.outputs)) {
    const name = relative("static/dist", path);
    if (output.entryPoint) manifest[name.startsWith("app-style") ? "app.css" : basename(output.entryPoint)] = name;
  }
  const icons = await sprite(templates, python);
  for (const [plain, bytes] of [["icons.svg", icons.svg], ["icon.svg", await readFile(join(here, "img/icon.svg"))]]) {
    const name = plain.replace(".svg", `.${hash(bytes)}.svg`);
    await writeFile(join(dist, name), bytes);
    manifest[plain] = name;
  }
  await writeFile(join(dist, "icons.json"), JSON.stringify(icons.names));

  const weigh = async (name) => gzipSync(await readFile(join(dist, manifest[name])), { level: 9 }).length;
  const weights = { "app.css": await weigh("app.css"), js: (await weigh("app.js")) + (await weigh("theme.js")) };
  for (const [name, budget] of Object.entries(BUDGETS)) {
    if (weights[name] > budget) throw new Error(`${name} weighs ${weights[name]} bytes gzipped; its budget is ${budget}`);
  }
  await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, 1));
  await sweep([...Object.keys(built.metafile.outputs).map((path) => relative("static/dist", path)), ...Object.values(manifest)]);
  console.log(`styles ${weights["app.css"]} B, scripts ${weights.js} B gzipped; ${icons.names.length} icons ${gzipSync(icons.svg).length} B`);
}

await main().catch((error) => {
  console.error(error.message ?? error);
  process.exit(1);
});
