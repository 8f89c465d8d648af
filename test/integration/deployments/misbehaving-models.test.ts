import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { abortingModel, hangingModel, refusingModel } from "../../helpers/models/misbehaving-models.ts";
import * as fixtures from "../../helpers/models/model-fixtures.ts";
import { floatMatrix, runModel } from "../../helpers/models/run-model.ts";

describe("models with one bad value", () => {
  const good = floatMatrix([
    [1, 2],
    [3, 4],
  ]);
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "batchdeck-models-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the rows (1, 2) and (13, 4) in a process of their own. */
  function runBadValue(model: Uint8Array, timeoutMs: number) {
    const runtime = createRequire(import.meta.url).resolve("onnxruntime-node");
    const program = `
      const { InferenceSession, Tensor } = require(${JSON.stringify(runtime)});
      InferenceSession.create(process.argv[1]).then((session) => {
        process.stdout.write("loaded\\n");
        return session.run({ features: new Tensor("float32", Float32Array.of(1, 2, 13, 4), [2, 2]) });
      }).then(() => process.stdout.write("scored\\n"));`;
    const file = fixtures.writeModel(folder, model);
    return spawnSync(process.execPath, ["-e", program, file], {
      encoding: "utf8",
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
  }

  test("all of them add up good rows", async () => {
    for (const model of [abortingModel(), refusingModel(), hangingModel()]) {
      expect(await runModel(model, { features: good })).toEqual({ score: { dims: [2, 1], values: [3, 7] } });
    }
  });

  test("the aborting model kills its process", () => {
    const { signal, stdout } = runBadValue(abortingModel(), 60_000);
    expect({ signal, stdout }).toEqual({ signal: "SIGFPE", stdout: "loaded\n" });
  });

  test("the refusing model makes the run fail", async () => {
    const features = floatMatrix([
      [1, 2],
      [13, 4],
    ]);
    await expect(runModel(refusingModel(), { features })).rejects.toThrow(/division by zero/);
  });

  test("the hanging model does not come back", () => {
    const { signal, stdout } = runBadValue(hangingModel(), 3_000);
    expect({ signal, stdout }).toEqual({ signal: "SIGKILL", stdout: "loaded\n" });
  });
});
