import path from "node:path";
import { deploy } from "../../helpers/batchdeck.ts";
import { bigDenseModel, denseModel, writeModel } from "../../helpers/models/model-fixtures.ts";
import type { Bench, JobRan } from "../bench.ts";
import { ratesOf, rateOf, rawRate, runJob, stageBound, sum } from "../bench.ts";
import { rowsIn, tableScorer, writePictures, writeTable } from "../inputs.ts";
import type { Figure } from "../report.ts";
import { atLeast, plain, rateText, spread } from "../report.ts";
import { imageModel } from "../../helpers/models/image-models.ts";

type Subject = {
  readonly endpoint: string;
  readonly model: Uint8Array;
  readonly scorer: string | null;
  readonly input: string;
  /** Name and dims of the model's input, but for the rows of a run. */
  readonly tensor: readonly [string, ...number[]];
};

type Round = { readonly two: JobRan; readonly one: JobRan; readonly raw: number; readonly script: number };

/** Pipeline, raw limit, one worker and a user's own script take turns, so that each pair of a round saw the same machine. */
async function rounds(
  bench: Bench,
  subject: Subject,
  script: (modelFile: string) => Promise<number>,
): Promise<Round[]> {
  const { endpoint, input } = subject;
  await deploy(bench.home, endpoint, subject.model, subject.scorer === null ? {} : { scorer: subject.scorer });
  const modelFile = writeModel(path.join(bench.root, `${endpoint}-raw`), subject.model);
  // Unmeasured: the page cache is filled, and the rows of a run are found and kept.
  await runJob(bench, { endpoint, input, workers: bench.cores });
  const done: Round[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const two = await runJob(bench, { endpoint, input, workers: bench.cores });
    const [name, ...dims] = subject.tensor;
    const raw = await rawRate(bench, modelFile, name, [two.view.batch, ...dims]);
    const one = await runJob(bench, { endpoint, input, workers: 1 });
    done.push({ two, one, raw, script: await script(modelFile) });
  }
  return done;
}

function common(rounds: readonly Round[]): readonly Figure[] {
  const stages = rounds[0]?.two.view.stage_ms;
  const total = sum(Object.values(stages ?? {}));
  return [
    plain("from folder to file, all workers", rateText(spread(rounds.map(({ two }) => rateOf(two))))),
    plain(
      "the same, with the start and the end of the command",
      rateText(spread(rounds.map(({ two }) => two.view.succeeded / two.wholeSeconds))),
    ),
    plain("from folder to file, one worker", rateText(spread(rounds.map(({ one }) => rateOf(one))))),
    plain("raw ONNX Runtime, better of threads and processes", rateText(spread(rounds.map(({ raw }) => raw)))),
    plain("a user's own script", rateText(spread(rounds.map(({ script }) => script)))),
    plain("rows or pictures a run", String(rounds[0]?.two.view.batch)),
    plain(
      "where the workers' time goes",
      Object.entries(stages ?? {})
        .map(([stage, ms]) => `${stage} ${Math.round((100 * ms) / total)} %`)
        .join(", "),
    ),
  ];
}

const overBound = (rounds: readonly Round[]) => spread(rounds.map(({ two }) => rateOf(two) / stageBound(two)));
const overRaw = (rounds: readonly Round[]) => spread(rounds.map(({ two, raw }) => rateOf(two) / raw));
const overOne = (rounds: readonly Round[]) => spread(rounds.map(({ two, one }) => rateOf(two) / rateOf(one)));

/** A small model, for which reading and writing decide (C2, C5, C18). */
export async function smallModel(bench: Bench): Promise<readonly Figure[]> {
  const table = writeTable(path.join(bench.root, "table", "big.csv"), rowsIn(1e9));
  const short = writeTable(path.join(bench.root, "short", "short.csv"), 1_000_000);
  const script = (batch: number, rows: number) => async (modelFile: string) => {
    const output = path.join(bench.root, "script.csv");
    return sum(await ratesOf("user-script.ts", [[modelFile, short, output, String(batch), String(rows)]]));
  };
  const subject: Subject = {
    endpoint: "small",
    model: bigDenseModel(64),
    scorer: tableScorer("auto"),
    input: table,
    tensor: ["features", 20],
  };
  const found = await rounds(bench, subject, script(1024, 500_000));
  const modelFile = path.join(bench.root, "small-raw", "model.onnx");
  const oneByOne = await script(1, 20_000)(modelFile);
  return [
    ...common(found),
    atLeast("C2: ÷ the bound of its stages, all cores busy", overBound(found), 0.6, 0.75),
    atLeast("C5: all workers ÷ one worker", overOne(found), 1.4, 1.85),
    atLeast(
      "C18: ÷ a user's script, 1,024 rows a run",
      spread(found.map(({ two, script }) => rateOf(two) / script)),
      15,
      22,
    ),
    atLeast("C18: ÷ a user's script, one row a run", spread(found.map(({ two }) => rateOf(two) / oneByOne)), 200),
  ];
}

/** Models for which inference decides (C1, C5). */
export async function largeModels(bench: Bench): Promise<readonly Figure[]> {
  const noScript = async () => Number.NaN;
  const table = writeTable(path.join(bench.root, "large", "large.csv"), 1_500_000);
  const subject = (endpoint: string, model: Uint8Array, input: string): Subject => ({
    ...{ endpoint, model, input },
    scorer: tableScorer("auto"),
    tensor: ["features", 20],
  });
  const large = await rounds(bench, subject("large", bigDenseModel(512), table), noScript);
  const few = writeTable(path.join(bench.root, "larger", "larger.csv"), 300_000);
  const largerModel = denseModel({ features: 20, hidden: [1024, 1024, 1024], classes: 3, seed: 9 });
  const larger = await rounds(bench, subject("larger", largerModel, few), noScript);
  return [
    ...common(large).filter(({ name }) => !name.includes("script")),
    atLeast("20-512-512-3 ÷ raw ONNX Runtime", overRaw(large), 0.75, 0.9),
    atLeast("20-512-512-3 ÷ the bound of its stages", overBound(large), 0.6, 0.9),
    atLeast("C5: 20-512-512-3, all workers ÷ one worker", overOne(large), 1.4, 1.85),
    plain("20-1024-1024-1024-3 from folder to file", rateText(spread(larger.map(({ two }) => rateOf(two))))),
    plain("20-1024-1024-1024-3 raw ONNX Runtime", rateText(spread(larger.map(({ raw }) => raw)))),
    atLeast("C1: 20-1024-1024-1024-3 ÷ raw ONNX Runtime", overRaw(larger), 0.9, 0.95),
    atLeast("C5: 20-1024-1024-1024-3, all workers ÷ one worker", overOne(larger), 1.4, 1.85),
  ];
}

/** Pictures, for which decoding decides (C4, C5). */
export async function pictures(bench: Bench): Promise<readonly Figure[]> {
  const folder = writePictures(path.join(bench.root, "pictures"), 1000);
  const script = async (modelFile: string) =>
    sum(
      await ratesOf(
        "canvas-script.ts",
        Array.from({ length: bench.cores }, (_, share) => [modelFile, folder, String(share), String(bench.cores)]),
      ),
    );
  const subject: Subject = {
    endpoint: "pictures",
    model: imageModel({ height: 224, width: 224 }),
    scorer: null,
    input: folder,
    tensor: ["image", 3, 224, 224],
  };
  const found = await rounds(bench, subject, script);
  return [
    ...common(found),
    atLeast("C4: ÷ the bound of its stages, all cores busy", overBound(found), 0.85),
    atLeast(
      "JPEG pipeline ÷ canvas in as many processes",
      spread(found.map(({ two, script }) => rateOf(two) / script)),
      1.8,
    ),
    atLeast("C5: all workers ÷ one worker", overOne(found), 1.4, 1.85),
  ];
}
