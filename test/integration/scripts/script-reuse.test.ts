import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { batchdeck, showJob } from "../../helpers/batchdeck.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { deployScript } from "../../helpers/scripts/script-deployments.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/** Jobs of scripts that take over the mini-batches of a finished one, which nothing but a run of the script could give. */
const { root, home } = temporaryPlaces("script-reuse");
/** While it is not there, mini-batches of the word "need" raise. */
const mended = path.join(root, "mended");

const source = `
import os
def init():
    pass
def run(mini_batch):
    names = [os.path.basename(file) for file in mini_batch]
    print("runs", names[0])
    word = open(mini_batch[0]).read().split()[0]
    if word == "need" and not os.path.exists(os.environ["MENDED"]):
        raise RuntimeError("not yet")
    if word == "aside":
        open(os.path.join(os.environ["AZUREML_BI_OUTPUT_PATH"], "aside.txt"), "w").close()
    rows = [{"file": name, "value": len(name) / 3} for name in names]
    for row in rows:
        if word == "wide":
            row["wide"] = '=1+1\\n"é"'
        if word == "text":
            row["value"] = "n/a"
        if word == "need":
            row["late"] = 2**53 + 1
    return rows[1:] if word == "short" else rows
`;

beforeAll(async () => {
  await deployScript(home, "rows", { name: "score.py", source }, [
    "mini_batch_size: 2",
    "retry_settings: {max_retries: 0}",
    `environment_variables: {MENDED: ${mended}}`,
  ]);
});

/** A folder of mini-batches of two files each, `words` in the first of each. */
function batches(name: string, ...words: readonly string[]): string {
  const folder = path.join(root, name);
  fs.mkdirSync(folder);
  words.forEach((word, index) => {
    fs.writeFileSync(path.join(folder, `f${index}a`), `${word}\n`);
    fs.writeFileSync(path.join(folder, `f${index}b`), "");
  });
  return folder;
}

async function invoke(input: string, job: string, ...more: readonly string[]): Promise<string> {
  const place = ["--output-path", path.join(root, "out", job), "--job-name", job];
  const ran = await batchdeck(home, "invoke", "-n", "rows", "--input", input, ...place, ...more);
  expect([0, 3], ran.stderr).toContain(ran.code);
  return ran.stderr;
}

/** What a job left but for its record, by file. */
function filesOf(job: string): Readonly<Record<string, string>> {
  const folder = path.join(root, "out", job);
  const names = fs.readdirSync(folder).filter((name) => name !== "job.json");
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), "latin1")]));
}

/** The first files of the mini-batches that a job ran. */
function runsOf(job: string): readonly string[] {
  const folder = path.join(home, "jobs", job, "logs", "user", "stdout");
  const text = fs.readdirSync(folder).map((file) => fs.readFileSync(path.join(folder, file), "utf8"));
  return [...text.join("").matchAll(/: runs (\S+)$/gm)].map(([, name]) => name ?? "").sort();
}

const kept = (job: string) => fs.existsSync(path.join(home, "jobs", job, "segments"));

/** JSON lines are made like CSV: they take their turn in a long run. */
const formats = ["csv", "parquet", "azureml", ...(isLong ? ["jsonl"] : [])];

describe.each(formats)("a script's mini-batches (%s)", (format) => {
  const set = ["--set", `batchdeck.output_format=${format}`];

  test("that failed are run again, and those alone; the files are those of a fresh job, from job to job", async () => {
    fs.rmSync(mended, { force: true });
    const input = batches(`in-${format}`, "plain", "need", "wide", "short", "text");
    const job = `first-${format}`;
    await invoke(input, job, ...set);
    expect(await showJob(home, job)).toMatchObject({ total: 10, succeeded: 7, failed: 3 });
    fs.writeFileSync(mended, "");
    const retry = await batchdeck(home, "job", "retry-failed", "-n", job);
    expect(retry.code, retry.stderr).toBe(3);
    expect(retry.stderr).toContain(`Reused 6 of 10 files from ${job}; 4 are scored.`);
    expect(runsOf(`${job}-retry-1`)).toEqual(["f1a", "f3a"]);
    await invoke(input, `fresh-${format}`, ...set);
    expect(filesOf(job)).toEqual(filesOf(`fresh-${format}`));
    expect(await showJob(home, job)).toMatchObject({ total: 10, succeeded: 9, failed: 1 });

    // The fresh job goes, so that the base is the one that was retried; and with a mini-batch its column goes.
    expect((await batchdeck(home, "job", "delete", "-n", `fresh-${format}`, "--yes")).code).toBe(0);
    for (const name of ["f2a", "f2b"]) fs.rmSync(path.join(input, name));
    fs.writeFileSync(path.join(input, "f9a"), "wide\n");
    expect(await invoke(input, `more-${format}`, ...set, "--incremental")).toContain(
      `Reused 6 of 9 files from ${job}; 3 are scored.`,
    );
    expect(runsOf(`more-${format}`)).toEqual(["f3a", "f9a"]);
    await invoke(input, `again-${format}`, ...set);
    expect(filesOf(`more-${format}`)).toEqual(filesOf(`again-${format}`));
    // Whoever was retried keeps nothing: the retry has all that describes its files.
    expect([kept(job), kept(`${job}-retry-1`), kept(`more-${format}`)]).toEqual([false, true, true]);
  });
});

describe("a script's mini-batch", () => {
  test("that has other files, or another order of them, is run again", async () => {
    const input = batches("moved", "plain", "wide", "text");
    await invoke(input, "moved-first");
    fs.writeFileSync(path.join(input, "f0aa"), "");
    const said = await invoke(input, "moved-second", "--incremental");
    expect(said).toContain("Reused 0 of 7 files from moved-first; 7 are scored.");
    fs.rmSync(path.join(input, "f1b"));
    expect(await invoke(input, "moved-third", "--incremental")).toContain(
      "Reused 2 of 6 files from moved-second; 4 are scored.",
    );
    await invoke(input, "moved-fresh");
    expect(filesOf("moved-third")).toEqual(filesOf("moved-fresh"));
  });

  test("is run again when the records of it are damaged or gone, whatever became of the predictions", async () => {
    const input = batches("damaged", "plain", "wide");
    await invoke(input, "damaged-first");
    fs.appendFileSync(path.join(root, "out", "damaged-first", "predictions.csv"), "more\n");
    const segments = path.join(home, "jobs", "damaged-first", "segments");
    for (const name of fs.readdirSync(segments)) {
      const file = path.join(segments, name);
      fs.writeFileSync(file, fs.readFileSync(file, "latin1").replace("f1b", "f7b"), "latin1");
    }
    await invoke(input, "damaged-second", "--incremental");
    expect(runsOf("damaged-second")).toEqual(["f1a"]);
    await invoke(input, "damaged-fresh");
    expect(filesOf("damaged-second")).toEqual(filesOf("damaged-fresh"));
    fs.rmSync(path.join(home, "jobs", "damaged-fresh", "segments"), { recursive: true });
    expect(await invoke(input, "damaged-third", "--incremental")).toContain("Reused 0 of 4 files from damaged-fresh");
  });

  test("is run again by --incremental when the script wrote files of its own, which would be missing", async () => {
    const input = batches("aside", "plain", "aside");
    await invoke(input, "aside-first");
    expect(await invoke(input, "aside-second", "--incremental")).toContain(
      "There is no finished job to take rows over",
    );
    expect(Object.keys(filesOf("aside-second"))).toContain("aside.txt");
  });
});
