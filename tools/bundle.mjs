// Builds the front end: static/js and static/css → static/dist, and the licences of what is bundled beside it.
// Everything is made in memory first: a build that fails leaves the last good one in place.

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const from = join(root, "static");
const to = join(from, "dist");
const licences = "THIRD-PARTY-LICENCES.txt";
const entries = ["js/main.js", "js/worker.js", "js/start/start.js", "js/compare/compare.js", "css/main.css", "css/compare.css", "css/pages.css", "css/start.css", "css/quality.css"].map((name) => join(from, name)).filter((path) => existsSync(path));

/** The folders of the packages that ended up in the bundles. @param {string[]} inputs */
function packagesOf(inputs) {
  const folders = inputs.map((path) => path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(folders)].filter((folder) => folder !== undefined).sort();
}

/**
 * One package's name, version and licence texts. Code may not be shipped without its licence, so none is an error.
 * @param {string} folder
 */
async function licenceOf(folder) {
  const about = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
  const files = (await readdir(join(root, folder))).filter((name) => /^(licen[cs]e|notice|copying)/i.test(name)).sort();
  if (files.length === 0) throw new Error(`${folder} has no licence file: it cannot be bundled`);
  const texts = await Promise.all(files.map((name) => readFile(join(root, folder, name), "utf8")));
  return `${about.name} ${about.version} (${about.license})\n\n${texts.map((text) => text.trim()).join("\n\n")}\n`;
}

const result = await build({
  absWorkingDir: root,
  entryPoints: entries,
  entryNames: "[name]",
  outdir: to,
  write: false,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  metafile: true,
  legalComments: "none",
  banner: { js: `// Licences of the libraries within: ${licences}` },
  loader: { ".svg": "file", ".woff2": "file" },
  assetNames: "[name]",
  logLevel: "warning",
}).catch(() => process.exit(1)); // esbuild has said where

const texts = await Promise.all(packagesOf(Object.keys(result.metafile.inputs)).map(licenceOf));
const icons = existsSync(join(from, "icons")) ? await readdir(join(from, "icons")) : [];

await rm(to, { recursive: true, force: true });
await mkdir(to, { recursive: true });
for (const file of result.outputFiles) await writeFile(file.path, file.contents);
for (const icon of icons) await writeFile(join(to, icon), await readFile(join(from, "icons", icon)));
await writeFile(join(to, licences), texts.join(`\n${"-".repeat(80)}\n\n`));

for (const file of result.outputFiles) {
  console.log(`   ${relative(root, file.path)}  ${Math.ceil(file.contents.length / 1024)} kB`);
}
const missing = ["main.js", "compare.js", "worker.js", "start.js", "main.css", "compare.css"].filter((name) => !result.outputFiles.some((file) => basename(file.path) === name));
if (missing.length) console.log(`   not there yet: ${missing.join(", ")}`);
