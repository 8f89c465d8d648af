import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const minute = 60_000;
const isLong = process.env["BATCHDECK_LONG"] === "1";

/**
 * The kinds of test; test/README.md says what each is. Kinds of a later order start when the earlier ones have ended.
 * `setup` runs once before the kind, and only when tests of the kind run. Where files are not isolated, those that a
 * process runs share its modules: starting a process and loading everything again for each file took half of the time.
 */
const kinds = [
  { name: "unit", order: 0, timeout: (isLong ? 30 : 1) * minute, isolate: false, setup: [] },
  { name: "engine", order: 0, timeout: minute, isolate: false, setup: [] },
  {
    name: "integration",
    order: 0,
    timeout: 5 * minute,
    isolate: true,
    setup: ["test/helpers/setup/build-processes.ts"],
  },
  {
    name: "faults",
    order: 1,
    timeout: (isLong ? 120 : 15) * minute,
    isolate: true,
    setup: ["test/helpers/setup/build-processes.ts"],
  },
  {
    name: "desktop",
    order: 2,
    timeout: 5 * minute,
    isolate: true,
    setup: ["test/helpers/setup/build-everything.ts"],
  },
];

/** As the build does it: the runner of scoring scripts is text inside the worker, compiled WebAssembly is bytes. */
const pythonAsText = {
  name: "python-as-text",
  enforce: "pre" as const,
  transform: (code: string, id: string) => (id.endsWith(".py") ? `export default ${JSON.stringify(code)};` : null),
};
const wasmAsBytes = {
  name: "wasm-as-bytes",
  enforce: "pre" as const,
  load: (id: string) =>
    id.endsWith(".wasm") ? `export default Buffer.from("${readFileSync(id).toString("base64")}", "base64");` : null,
};

export default defineConfig({
  plugins: [react(), pythonAsText, wasmAsBytes],
  test: {
    // Tests that load ONNX Runtime themselves are no reports to its makers either.
    env: { ORT_DISABLE_TELEMETRY: "1" },
    reporters: ["default", "./test/helpers/setup/tally-reporter.ts"],
    projects: kinds.map(({ name, order, timeout, isolate, setup }) => ({
      extends: true as const,
      test: {
        name,
        include: [`test/${name}/**/*.test.{ts,tsx}`],
        globalSetup: setup,
        // ONNX Runtime looks once for a type that its native side cannot read, whichever file makes the first tensor.
        setupFiles: name === "unit" ? ["native-worker/devices/halves-as-bits.ts"] : [],
        isolate,
        testTimeout: timeout,
        hookTimeout: timeout,
        // Jobs start workers of their own, and a window wants the screen to itself.
        maxWorkers: name === "desktop" ? 1 : 2,
        fileParallelism: name !== "desktop",
        sequence: { groupOrder: order },
      },
    })),
  },
});
