import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceReport } from "../../../electron/contract/nouns/device.ts";
import { prepareSoftwareGraphics } from "../../electron-runtime/prepare.ts";
import { batchdeck, batchdeckJson, deploy, showJob } from "../../helpers/batchdeck.ts";
import { writeCsvFolder, writeImageFolder } from "../../helpers/data/data-fixtures.ts";
import { denseModel, stringModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { imageModel } from "../../helpers/models/image-models.ts";

/**
 * Scoring on a graphics processor, for real: WebGPU runs on a Vulkan driver made of software. The processes of these
 * tests find it by their environment, which the ones that look for its absence take away.
 */
const root = temporaryFolder("devices");
const graphicsNames = ["VK_DRIVER_FILES", "LD_LIBRARY_PATH"] as const;
const before = Object.fromEntries(graphicsNames.map((name) => [name, process.env[name]]));
let graphics: Awaited<ReturnType<typeof prepareSoftwareGraphics>>;
const scorer = "input: {kind: tabular, columns: {features: [f0, f1, f2, f3]}}\noutput: {outputs: [probabilities]}\n";
let homes = 0;

beforeAll(async () => {
  graphics = await prepareSoftwareGraphics();
  useGraphics(true);
});
afterAll(() => setEnvironment(before));

function useGraphics(there: boolean): void {
  setEnvironment(there ? graphics : { VK_DRIVER_FILES: "/nowhere/icd.json", LD_LIBRARY_PATH: undefined });
}

function setEnvironment(values: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

function newPlace(): { home: string; input: string; folder: string } {
  homes += 1;
  const folder = path.join(root, String(homes));
  return { folder, home: path.join(folder, "home"), input: path.join(folder, "input") };
}

type JobJson = {
  readonly counts: { readonly total: number; readonly succeeded: number };
  readonly run: {
    readonly device: string;
    readonly provider: string;
    readonly tolerance: number;
    readonly workers: number;
    readonly sessions: readonly { readonly provider: string; readonly fallback: string | null }[];
  };
};

async function runOn(place: ReturnType<typeof newPlace>, device: string) {
  const out = path.join(place.folder, `out-${device}`);
  const changed = await batchdeck(place.home, "compute", "update", "-n", "local", "--device", device);
  expect(changed.code, changed.stderr).toBe(0);
  const job = `on-${device}`;
  const ran = await batchdeck(
    place.home,
    ...["invoke", "-n", "scored", "--input", place.input, "--output-path", out, "--job-name", job],
  );
  expect(ran.code, ran.stderr).toBe(0);
  const record = JSON.parse(fs.readFileSync(path.join(out, "job.json"), "utf8")) as JobJson;
  const text = fs.readFileSync(path.join(out, "predictions.csv"));
  const rows = parse<Readonly<Record<string, string>>>(text, { columns: true });
  return { record, text, rows, stderr: ran.stderr, view: await showJob(place.home, job) };
}

/** The largest difference between the numbers of two outputs that name the same rows in the same order. */
function largestDifference(
  one: readonly Readonly<Record<string, string>>[],
  other: readonly Readonly<Record<string, string>>[],
): number {
  expect(one).toHaveLength(other.length);
  let largest = 0;
  for (const [index, row] of one.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const found = other[index]?.[name] ?? "";
      if (name === "file" || name === "row") expect(found).toBe(value);
      else largest = Math.max(largest, Math.abs(Number(found) - Number(value)));
    }
  }
  return largest;
}

describe("a job on WebGPU", () => {
  it("scores a table as the CPU does, and records that the device took every step of the model", async () => {
    const place = newPlace();
    writeCsvFolder(place.input, { files: 3, rowsPerFile: 500, features: 4 });
    await deploy(place.home, "scored", denseModel({ hidden: [16, 16] }), { scorer });
    const onCpu = await runOn(place, "cpu");
    const onGpu = await runOn(place, "webgpu");
    expect(onCpu.record.run).toMatchObject({ device: "cpu", provider: "cpu", tolerance: 0 });
    expect(onGpu.record.run).toMatchObject({ device: "webgpu", provider: "webgpu", tolerance: 1e-5 });
    expect(onGpu.record.run.sessions.map((one) => one.fallback)).toEqual([null]);
    expect(onGpu.record.counts).toEqual(onCpu.record.counts);
    expect(onGpu.view).toMatchObject({ device: "webgpu", provider: "webgpu", warnings: [] });
    expect(largestDifference(onCpu.rows, onGpu.rows)).toBeLessThanOrEqual(1e-5);
    // Computed by other code: were the bytes the same, something would have run on the CPU.
    expect(onGpu.text.equals(onCpu.text)).toBe(false);
  });

  it("scores pictures as the CPU does", async () => {
    const place = newPlace();
    writeImageFolder(place.input, { count: 6, width: 40, height: 30 });
    await deploy(place.home, "scored", imageModel());
    const onCpu = await runOn(place, "cpu");
    const onGpu = await runOn(place, "webgpu");
    expect(onGpu.record.run.provider).toBe("webgpu");
    expect(onGpu.record.counts).toEqual(onCpu.record.counts);
    expect(largestDifference(onCpu.rows, onGpu.rows)).toBeLessThanOrEqual(1e-5);
  });

  it("runs a model that it has no operator for on the CPU, and says so", async () => {
    const place = newPlace();
    fs.mkdirSync(place.input, { recursive: true });
    fs.writeFileSync(path.join(place.input, "cities.csv"), "city\nLyon\nAmsterdam\n");
    await deploy(place.home, "scored", stringModel());
    const { record, view, rows } = await runOn(place, "webgpu");
    expect(record.run).toMatchObject({ device: "webgpu", provider: "cpu", tolerance: 0 });
    expect(view.warnings).toEqual([
      "The job ran on the CPU instead of WebGPU: WebGPU has none of the operators of this model.",
    ]);
    expect(rows.map((row) => row["country"])).toEqual(["France", "Netherlands"]);
  });
});

describe("a device that is not there", () => {
  it.each([
    ["webgpu", "WebGPU", "No graphics processor that WebGPU can use was found."],
    ["cuda", "CUDA", "No NVIDIA card with a working driver was found."],
    ["directml", "DirectML", "DirectML is a part of Windows."],
    ["coreml", "Core ML", "Core ML is a part of macOS."],
  ])("%s: the job runs on the CPU, byte for byte, with a warning that says why", async (device, title, reason) => {
    useGraphics(false);
    try {
      const place = newPlace();
      writeCsvFolder(place.input, { files: 2, rowsPerFile: 50, features: 4 });
      await deploy(place.home, "scored", denseModel(), { scorer });
      const onCpu = await runOn(place, "cpu");
      const fallen = await runOn(place, device);
      expect(fallen.text.equals(onCpu.text)).toBe(true);
      expect(fallen.record.run).toMatchObject({ device, provider: "cpu", tolerance: 0 });
      expect(fallen.record.run.workers).toBe(onCpu.record.run.workers);
      expect(fallen.view.warnings).toEqual([`The job ran on the CPU instead of ${title}: ${reason}`]);
      expect(fallen.stderr).toContain(reason);
    } finally {
      useGraphics(true);
    }
  });

  it("is told when a compute is made for it, and the compute is made", async () => {
    const { home } = newPlace();
    const made = await batchdeck(home, "compute", "create", "-n", "fast", "--device", "directml");
    expect(made.code).toBe(0);
    expect(made.stderr).toContain("Jobs on fast will run on the CPU for now: DirectML is a part of Windows.");
    const refused = await batchdeck(home, "compute", "create", "-n", "odd", "--device", "tpu");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('"tpu" is not a device');
  });
});

describe("compute devices", () => {
  it("names every device with what it lacks and how to get it", async () => {
    const { home } = newPlace();
    const found = await batchdeckJson<readonly DeviceReport[]>(home, "compute", "devices");
    expect(found.map((report) => [report.device, report.available])).toEqual([
      ["cpu", true],
      ["cuda", false],
      ["directml", false],
      ["coreml", false],
      ["webgpu", true],
    ]);
    expect(found[0]?.hardware.join()).not.toBe("");
    useGraphics(false);
    try {
      const without = await batchdeckJson<readonly DeviceReport[]>(home, "compute", "devices");
      const webgpu = without.find((report) => report.device === "webgpu");
      expect(webgpu).toMatchObject({ available: false });
      expect(webgpu?.missing).toMatch(/^No graphics processor .*\.$/);
      expect(webgpu?.remedy).toMatch(/libvulkan1.*\.$/);
    } finally {
      useGraphics(true);
    }
  });
});
