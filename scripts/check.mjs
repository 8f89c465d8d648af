/** `npm run check`: types of every room, lint, format, import directions, sizes and unused code; all of them, also after one fails. */
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const rooms = ["electron", "native-worker", "renderer", "resources", "test", "."];

const checks = [
  ...rooms.map((room) => ({ name: `types of ${room}`, file: "node_modules/typescript/bin/tsc", args: ["-p", room] })),
  { name: "lint", file: "node_modules/eslint/bin/eslint.js", args: ["."] },
  { name: "format", file: "node_modules/@biomejs/biome/bin/biome", args: ["format"] },
  {
    name: "import directions",
    file: "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs",
    args: ["--config", ".dependency-cruiser.mjs", "electron", "native-worker", "renderer"],
  },
  { name: "sizes of folders", file: "scripts/check-folders.mjs", args: [] },
  { name: "unused code", file: "node_modules/knip/bin/knip.js", args: [] },
  { name: "compiled WebAssembly", file: "scripts/compile-wat.mjs", args: ["--check"] },
];

const atOnce = 2;
let failures = 0;
const waiting = [...checks];
await Promise.all(Array.from({ length: atOnce }, takeChecks));
console.log(failures === 0 ? "All checks passed." : `${failures} of ${checks.length} checks failed.`);
process.exitCode = failures === 0 ? 0 : 1;

async function takeChecks() {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const { code, output } = await run(check);
    console.log(`${code === 0 ? "ok    " : "FAILED"} ${check.name}`);
    if (code === 0) continue;
    failures += 1;
    console.log(output);
  }
}

function run({ file, args }) {
  const child = spawn(process.execPath, [path.join(root, file), ...args], { cwd: root });
  const output = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => output.push(chunk));
  return new Promise((done) => {
    child.once("close", (code) => done({ code, output: Buffer.concat(output).toString().trimEnd() }));
  });
}
