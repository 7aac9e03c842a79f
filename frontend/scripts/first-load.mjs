// Adds up what the first page loads, gzipped: the entry, what it imports statically, the first route, styles and fonts.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 350 * 1000;
const PAGE = "src/pages/play/PlayPage.tsx";
/** Loaded by the page at once, though not as a part of it. */
const AT_ONCE = ["src/components/code/CodeEditor.tsx"];

const built = new URL(process.argv[2] ? `file://${process.argv[2]}/` : "../../gateway/web/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", built), "utf8"));

const files = new Set(["index.html", "favicon.svg"]);
const seen = new Set();
function add(name) {
  if (seen.has(name)) return;
  seen.add(name);
  const chunk = manifest[name];
  files.add(chunk.file);
  for (const file of [...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file);
  for (const next of chunk.imports ?? []) add(next);
}
for (const name of ["index.html", PAGE, ...AT_ONCE]) add(name);

let total = 0;
for (const name of files) {
  const bytes = readFileSync(new URL(name, built));
  const size = name.endsWith(".woff2") ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  total += size;
  console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${name}`);
}
console.log(
  `${(total / 1000).toFixed(1).padStart(8)} kB  first load, gzipped; at most ${LIMIT_BYTES / 1000}`,
);
process.exitCode = total > LIMIT_BYTES ? 1 : 0;
