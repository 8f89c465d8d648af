/**
 * Builds Batchdeck into `dist/`: one CommonJS bundle a process by esbuild, and the window by Vite.
 *
 *   node scripts/build.mjs [--only-node] [--if-stale]
 *
 * `--only-node` leaves the window out. `--if-stale` does nothing when the sources are those of the last build. Everything
 * it says goes to stderr, so a command that builds first keeps its stdout to itself.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, "dist");

/** Bundle name → entry. The names are those that `ProcessHost` starts, and the two that package.json points at. */
const entries = {
  main: "electron/main.ts",
  preload: "electron/preload.ts",
  cli: "electron/cli.ts",
  worker: "native-worker/main.ts",
  "device-process": "native-worker/device-process.ts",
  "picture-process": "native-worker/picture-process.ts",
  "data-process": "electron/data/data-process.ts",
  "content-process": "electron/data/content/content-process.ts",
  "model-process": "electron/deployments/models/model-process.ts",
  "merge-process": "electron/jobs/merge/merge-process.ts",
  "convert-process": "electron/jobs/azure/convert/convert-process.ts",
  "results-process": "electron/outputs/results-process.ts",
  "watch-process": "electron/data/watch/watch-process.ts",
  encodings: "electron/data/encodings.ts",
  "sound-decoders": "native-worker/readers/audio/sound-decoders.ts",
  "compare-process": "electron/compare/compare-process.ts",
  azure: "electron/remote/azure.ts",
};

/** Large, and needed by few commands or inputs: bundles of their own, which others load when they need them. */
const loadedLate = {
  name: "loaded-late",
  setup({ onResolve }) {
    onResolve({ filter: /\/(encodings|sound-decoders|azure)\.ts$/ }, ({ kind, path: file }) =>
      kind === "dynamic-import" ? { path: `./${path.basename(file, ".ts")}.cjs`, external: true } : undefined,
    );
  },
};

/** What cannot be bundled: Electron itself, and packages that carry machine code. They are found in node_modules. */
const external = [
  "electron",
  "better-sqlite3",
  "onnxruntime-node",
  "@duckdb/node-api",
  "@napi-rs/canvas",
  "@napi-rs/keyring",
  // For lists in a format that storage-blob is never asked for; a megabyte.
  "apache-arrow",
];

const parts = {
  node: {
    sources: ["electron", "native-worker", "package-lock.json", "scripts/build.mjs"],
    outputs: Object.keys(entries).map((name) => `${name}.cjs`),
    build: buildProcesses,
  },
  renderer: {
    sources: ["renderer", "electron/contract", "vite.config.ts", "package-lock.json", "scripts/build.mjs"],
    outputs: ["renderer/index.html"],
    build: buildRenderer,
  },
};

const flags = new Set(process.argv.slice(2));
const known = new Set(["--only-node", "--if-stale"]);
for (const flag of flags) {
  if (!known.has(flag)) {
    console.error(`build: ${flag} is not known; it takes ${[...known].join(" and ")}.`);
    process.exit(2);
  }
}

for (const [name, part] of Object.entries(parts)) {
  if (name === "renderer" && flags.has("--only-node")) continue;
  const stampFile = path.join(dist, `.${name}-sources`);
  const fingerprint = fingerprintOf(part.sources);
  const isFresh =
    part.outputs.every((output) => existsSync(path.join(dist, output))) &&
    existsSync(stampFile) &&
    readFileSync(stampFile, "utf8") === fingerprint;
  if (isFresh && flags.has("--if-stale")) continue;
  mkdirSync(dist, { recursive: true });
  try {
    await part.build();
  } catch (error) {
    // esbuild has said on stderr what is wrong with the sources; anything else is told here.
    if (error.errors === undefined) console.error(error);
    process.exit(1);
  }
  // Taken before the build began: a source that changed meanwhile makes the next build a real one.
  writeAtomically(stampFile, fingerprint);
}

async function buildProcesses() {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: dist,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    // An `import()` of a package becomes a late `require`: Electron's ES modules do not reach into the packed archive.
    supported: { "dynamic-import": false },
    // The runner of scoring scripts and the decoder of JPEG travel inside the worker's bundle.
    loader: { ".py": "text", ".wasm": "binary" },
    sourcemap: true,
    external,
    plugins: [loadedLate],
    legalComments: "none",
    logLevel: "warning",
    // CommonJS has no import.meta; without this it would be an empty object, and a surprise.
    logOverride: { "empty-import-meta": "error" },
    write: false,
  });
  for (const file of outputFiles) writeAtomically(file.path, file.contents);
}

async function buildRenderer() {
  // Vite takes the packages' development code under any other value, and a test runner sets one.
  process.env.NODE_ENV = "production";
  const { build } = await import("vite");
  const finished = path.join(dist, "renderer");
  const fresh = `${finished}.${process.pid}.tmp`;
  try {
    await build({
      configFile: path.join(root, "vite.config.ts"),
      logLevel: "warn",
      build: { outDir: fresh, emptyOutDir: false },
    });
    rmSync(finished, { recursive: true, force: true });
    renameSync(fresh, finished);
  } catch (error) {
    // Another build put its own there in between: it is as good.
    if (error.code !== "ENOTEMPTY") throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** A hash over path, size and time of every source file: a file that is new, gone or changed changes it. */
function fingerprintOf(sources) {
  const hash = createHash("sha256");
  const visit = (relative) => {
    const absolute = path.join(root, relative);
    if (!existsSync(absolute)) return;
    const stats = statSync(absolute);
    if (stats.isDirectory()) {
      for (const name of readdirSync(absolute).sort()) visit(path.join(relative, name));
    } else {
      hash.update(`${relative}\0${stats.size}\0${stats.mtimeMs}\n`);
    }
  };
  sources.forEach(visit);
  return hash.digest("hex");
}

/** Two commands may build at the same time, and a third may be starting a bundle: nobody ever sees half a file. */
function writeAtomically(file, contents) {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, contents);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}
