// Builds the portal's files: one style sheet, one script, pictures. Called by `python -m services.portal.assets build`
// with the folder to write; prints the manifest (names by source, and all files) as JSON.
import { build } from "esbuild";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { worldMap } from "./world.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const out = process.argv[2];

const land = JSON.parse(await readFile(join(root, "node_modules", "world-atlas", "land-110m.json"), "utf8"));
const generated = join(out, "generated");
await mkdir(generated, { recursive: true });
await writeFile(join(generated, "world.svg"), worldMap(land));

const result = await build({
  absWorkingDir: root,
  entryPoints: [join(here, "css", "app.css"), join(here, "js", "app.js"), join(here, "img", "mark.svg")],
  alias: { "generated/world.svg": join(generated, "world.svg") },
  outdir: out,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/static/",
  loader: { ".svg": "copy" },
  bundle: true,
  minify: true,
  legalComments: "eof",
  charset: "utf8",
  format: "esm",
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  metafile: true,
});

const names = {};
for (const [file, about] of Object.entries(result.metafile.outputs)) {
  if (about.entryPoint) names[about.entryPoint.split("/").at(-1)] = file.split("/").at(-1);
}
const files = (await readdir(out, { withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name);
for (const name of files) {
  const body = await readFile(join(out, name));
  const text = [".css", ".js", ".svg"].includes(extname(name));
  if (!text || body.length < 400) continue;
  await writeFile(join(out, `${name}.gz`), gzipSync(body, { level: 9 }));
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } };
  await writeFile(join(out, `${name}.br`), brotliCompressSync(body, options));
}
console.log(JSON.stringify({ names, files: files.sort() }));
