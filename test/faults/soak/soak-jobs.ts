import fs from "node:fs";
import path from "node:path";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { seededRandom } from "../../helpers/random.ts";
import { deployScript } from "../../helpers/scripts/script-deployments.ts";

/** What a soak runs: each kind of job is run once undisturbed, and every other one must give the same bytes. */
export type SoakKind = {
  readonly name: string;
  readonly endpoint: string;
  readonly input: string;
  readonly settings: readonly string[];
  /** Its file of predictions. */
  readonly predictions: string;
};

const script = `
export function init() {}
export async function run(files) {
  await new Promise((resolve) => setTimeout(resolve, 30));
  return files.map((file) => {
    if (file.endsWith("7.txt")) throw new Error("Seven is refused.");
    return { length: file.length / 3, name: file.split("/").at(-1) };
  });
}
`;

/** Writes inputs, makes endpoints, and answers the kinds of jobs over them. */
export async function prepareKinds(root: string, home: string): Promise<readonly SoakKind[]> {
  const random = seededRandom(11);
  const small = path.join(root, "small");
  const big = path.join(root, "big");
  const texts = path.join(root, "texts");
  for (const folder of [small, big, texts]) fs.mkdirSync(folder, { recursive: true });
  for (let file = 0; file < 300; file += 1) {
    fs.writeFileSync(path.join(small, `part-${String(file).padStart(4, "0")}.csv`), tableText(random, 120));
  }
  fs.writeFileSync(path.join(big, "all.csv"), tableText(random, 60_000));
  for (let file = 0; file < 90; file += 1) fs.writeFileSync(path.join(texts, `text-${100 + file}.txt`), "x");
  await deploy(home, "dense", denseModel({ features: 4, hidden: [512, 512], classes: 3, seed: 1 }), {
    scorer: "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\nbatch: 64\n",
    settings: ["mini_batch_size: 2"],
  });
  await deployScript(home, "script", { name: "score.mjs", source: script }, [
    "mini_batch_size: 1",
    "retry_settings: {max_retries: 0}",
  ]);
  const dense = { endpoint: "dense", input: small };
  return [
    { name: "csv", ...dense, settings: [], predictions: "predictions.csv" },
    { name: "parquet", ...dense, ...format("parquet") },
    { name: "jsonl", ...dense, ...format("jsonl") },
    { name: "big", ...dense, input: big, settings: [], predictions: "predictions.csv" },
    { name: "script", endpoint: "script", input: texts, settings: [], predictions: "predictions.csv" },
  ];
}

function format(name: string): Pick<SoakKind, "settings" | "predictions"> {
  return { settings: ["--set", `batchdeck.output_format=${name}`], predictions: `predictions.${name}` };
}

/** Four numbers a row; one row in a hundred does not convert, so that errors.csv has something to get wrong. */
function tableText(random: () => number, rows: number): string {
  const lines = ["id,f0,f1,f2,f3"];
  for (let row = 0; row < rows; row += 1) {
    const cells = [0, 1, 2, 3].map(() => (random() * 10).toFixed(4));
    if (random() < 0.01) cells[2] = "abc";
    lines.push([`r${row}`, ...cells].join(","));
  }
  return `${lines.join("\n")}\n`;
}

export function invocation(kind: SoakKind, job: string, output: string, workers: number): string[] {
  return [
    ...["invoke", "-n", kind.endpoint, "--input", kind.input, "--output-path", output, "--job-name", job],
    ...["--instance-count", String(workers), ...kind.settings],
  ];
}

/** The files of an undisturbed job of each kind, by the kind's name. */
export async function runUndisturbed(
  home: string,
  kinds: readonly SoakKind[],
  outOf: (job: string) => string,
): Promise<void> {
  for (const kind of kinds) {
    const job = `undisturbed-${kind.name}`;
    const ran = await batchdeck(home, ...invocation(kind, job, outOf(job), 2));
    if (ran.code !== 3) throw new Error(`${job} ended with ${ran.code}: ${ran.stderr}`);
  }
}
