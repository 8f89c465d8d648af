import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { nodeProcessHost } from "../../electron/compute/node-process-host.ts";
import { startModelReader } from "../../electron/deployments/models/open-model.ts";
import { batchdeck } from "../helpers/batchdeck.ts";
import { isLong } from "../helpers/engine/fault-shim.ts";
import { fixedBatchImageModel, imageModel } from "../helpers/models/image-models.ts";
import { abortingModel, hangingModel, refusingModel } from "../helpers/models/misbehaving-models.ts";
import * as fixtures from "../helpers/models/model-fixtures.ts";
import { mutate } from "../helpers/models/mutations.ts";
import { undeclaredOutputs } from "../helpers/models/undeclared-outputs.ts";
import { seededRandom } from "../helpers/random.ts";
import { englishWords } from "../../electron/contract/words/english-problems.ts";
import { temporaryFolder } from "../helpers/places.ts";

/**
 * Damaged models, thousands of them with BATCHDECK_LONG=1, go the way that every model goes: our scan, then ONNX Runtime
 * with a few runs, in a process that may die. Whatever happens there, whoever asked gets a value.
 */
const count = isLong ? 10_000 : 200;
const seed = Number(process.env["BATCHDECK_SEED"] ?? 1);

const root = temporaryFolder("mutated");
const host = nodeProcessHost(path.join(import.meta.dirname, "../../dist"));

/** Real models whose outputs declare no shape, so that opening them runs them too. */
const originals: readonly Uint8Array[] = [
  fixtures.denseModel(),
  fixtures.perColumnModel(),
  fixtures.zipMapModel(),
  fixtures.zipMapModel({ labels: "int64" }),
  fixtures.stringModel(),
  fixtures.int64Model(),
  fixtures.float16Model(),
  imageModel(),
  fixedBatchImageModel(),
  abortingModel(),
  refusingModel(),
  hangingModel(),
  readFileSync(path.join(import.meta.dirname, "../../resources/samples/iris/model/iris.onnx")),
].map(undeclaredOutputs);

type Outcome = "refused" | "not opened" | "opened" | "ended its process";

test(`${count} damaged models are refused, opened or end the process that reads them, and nobody else`, {
  timeout: isLong ? 7_200_000 : 600_000,
}, async () => {
  const random = seededRandom(seed);
  const pick = (): Uint8Array => originals[Math.floor(random() * originals.length)] ?? new Uint8Array(0);
  const outcomes: Record<Outcome, number> = { refused: 0, "not opened": 0, opened: 0, "ended its process": 0 };
  const killers: string[] = [];
  let reader = startModelReader(host);
  for (let index = 0; index < count; index += 1) {
    let bytes = mutate(pick(), pick(), random);
    if (random() < 0.2) bytes = mutate(bytes, pick(), random);
    const file = fixtures.writeModel(path.join(root, "models"), bytes, `model-${index}.onnx`);
    const scanned = await reader.scan(file);
    // Our own reading never dies.
    if (!scanned.ok) throw new Error(`model ${index} of seed ${seed}: ${englishWords(scanned.problem).message}`);
    const outcome = scanned.value.findings.length > 0 ? "refused" : await open(file);
    outcomes[outcome] += 1;
    if (outcome === "ended its process") {
      killers.push(file);
      reader.end();
      reader = startModelReader(host);
    } else rmSync(file);
  }
  reader.end();
  process.stdout.write(`Damaged models, seed ${seed}: ${JSON.stringify(outcomes)}\n`);
  expect(Object.values(outcomes).reduce((sum, each) => sum + each, 0)).toBe(count);
  // The damage reaches every stage.
  expect(Math.min(outcomes.refused, outcomes["not opened"], outcomes.opened)).toBeGreaterThan(count / 100);
  for (const file of killers.slice(0, 5)) {
    const ran = await batchdeck(path.join(root, "home"), "model", "create", "-n", "killer", "--path", file);
    expect([ran.code, ran.stdout, ran.stderr.trimEnd().split("\n").length], file).toEqual([2, "", 1]);
  }

  async function open(file: string): Promise<Outcome> {
    const opened = await reader.open(file);
    if (opened.ok) return "opened";
    expect(englishWords(opened.problem).message).toMatch(/^[^\n]{10,500}\.$/);
    return /the process that read it ended|within 60 seconds/.test(englishWords(opened.problem).message)
      ? "ended its process"
      : "not opened";
  }
});
