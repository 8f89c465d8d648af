import { type ChildProcess, fork } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type FromDataProcess,
  fromDataProcessSchema,
  type ToDataProcess,
} from "../../../electron/contract/messages/data-messages.ts";
import { defaultDialect } from "../../../electron/contract/tables/csv.ts";
import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";
import type { ScorerOutput } from "../../../electron/contract/nouns/scorers/scorer-parts.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { writeImageFolder, writeParquetFolder } from "../../helpers/data/data-fixtures.ts";
import { inWords } from "../../../electron/cli/terminal/json-text.ts";

const program = join(import.meta.dirname, "../../../dist/data-process.cjs");

let base: string;
let root: string;
let child: ChildProcess | null = null;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "batchdeck-data-"));
  root = join(base, "in");
  mkdirSync(root);
});
afterEach(() => {
  child?.kill("SIGKILL");
  child = null;
  rmSync(base, { recursive: true });
});

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

type Conversation = {
  readonly send: (message: ToDataProcess) => void;
  readonly next: () => Promise<FromDataProcess>;
  /** Messages that have come and were not asked for yet. */
  readonly waiting: FromDataProcess[];
};

function start(): Conversation {
  const process = fork(program, { stdio: "inherit" });
  child = process;
  const waiting: FromDataProcess[] = [];
  let wake: (() => void) | null = null;
  process.on("message", (message) => {
    const parsed = fromDataProcessSchema.parse(message);
    if (parsed.type !== "listing") waiting.push(parsed);
    wake?.();
  });
  return {
    waiting,
    send: (message) => process.send(message),
    next: async () => {
      for (;;) {
        const message = waiting.shift();
        if (message !== undefined) return message;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const output: ScorerOutput = {
  name: "y",
  type: "float32",
  width: 1,
  labels: null,
  softmax: false,
  topK: 0,
  columns: ["y"],
};

function tabular(
  columns: string[] | null,
  changes: Partial<TabularScorer> = {},
  width: number | null = null,
): TabularScorer {
  return {
    kind: "tabular",
    inputs: [{ name: "x", type: "float32", shape: [null, width ?? columns?.length ?? null], columns }],
    missing: "error",
    keep: [],
    batch: "auto",
    fixedBatch: null,
    outputs: [output],
    ...changes,
  };
}

const inputFolder = (): { path: string; kind: "folder"; recursive: boolean } => ({
  path: root,
  kind: "folder",
  recursive: true,
});

async function preview(scorer: TabularScorer, file?: string): Promise<FromDataProcess> {
  const { send, next } = start();
  const input = file === undefined ? inputFolder() : { path: join(root, file), kind: "file" as const, recursive: true };
  send({ type: "preview", input, scorer, samples: [], copiesFolder: null });
  return next();
}

function planRequest(changes: Partial<Extract<ToDataProcess, { type: "plan" }>> = {}): ToDataProcess {
  return {
    type: "plan",
    copiesFolder: join(base, "copies"),
    input: inputFolder(),
    scorer: tabular(["a"]),
    dialect: defaultDialect,
    dialectScope: "file",
    miniBatchSize: 1,
    sliceBytes: 1_000_000,
    rowMultiple: 1,
    listingFile: join(base, "files.list"),
    base: null,
    nextMiniBatch: 0,
    after: null,
    ...changes,
  };
}

type Plan = { readonly listed: FromDataProcess; readonly miniBatches: unknown[]; readonly messages: number };

async function plan(request: ToDataProcess): Promise<Plan> {
  const { send, next } = start();
  send(request);
  const listed = await next();
  const miniBatches: unknown[] = [];
  for (let messages = 0; ; messages++) {
    const message = await next();
    if (message.type === "planned") return { listed, miniBatches, messages };
    if (message.type !== "mini-batches") throw new Error(JSON.stringify(message));
    miniBatches.push(...message.miniBatches);
    send({ type: "taken" });
  }
}

describe("a preview", () => {
  test("counts, sniffs and maps a folder of tables", async () => {
    put("a.csv", 'id;age;"height"\n007;3;1.5\n008;4;1,5\n');
    put("b.csv", "height;id;age\n2;9;5\n");
    put("notes.pdf", "x");
    const answer = await preview(tabular(["height", "age"], { keep: ["id"] }));
    expect(answer).toMatchObject({
      type: "previewed",
      preview: {
        files: 2,
        skippedFiles: 1,
        items: 3,
        itemsExact: true,
        dialect: { delimiter: ";" },
        skippedBy: { "other-ending": 1 },
        columns: [
          { name: "id", type: "integer", values: ["007", "008", "9"] },
          { name: "age", type: "integer", values: ["3", "4", "5"] },
          { name: "height", type: "text", values: ["1.5", "1,5", "2"] },
        ],
        mapping: [{ input: "x", columns: ["height", "age"] }],
      },
    });
  });

  test("cuts out the first items, once for each number that is asked for", async () => {
    put("a.csv", "a\n1\n2\n");
    put("b.csv", `a\n${"3\n".repeat(50)}`);
    const { send, next } = start();
    send({ type: "preview", input: inputFolder(), scorer: tabular(["a"]), samples: [5, 20], copiesFolder: null });
    const answer = await next();
    if (answer.type !== "previewed") throw new Error(JSON.stringify(answer));
    const parts = answer.preview.samples.map((miniBatch) =>
      miniBatch.parts.map(({ file, firstRow, items }) => [file, firstRow, items]),
    );
    expect(parts).toEqual([
      [
        ["a.csv", 1, 2],
        ["b.csv", 1, 3],
      ],
      [
        ["a.csv", 1, 2],
        ["b.csv", 1, 18],
      ],
    ]);
  });

  test("fills the columns of a matrix from the numeric columns that are not kept", async () => {
    put("a.csv", "id,a,word,b\n1,2,x,3\n2,oops,y,4\n3,5,z,6\n");
    const answer = await preview(tabular(null, { keep: ["id"] }, 2));
    if (answer.type !== "previewed") throw new Error(JSON.stringify(answer));
    expect(answer.preview.mapping).toEqual([{ input: "x", columns: ["a", "b"] }]);
    expect(answer.preview.scorer).toMatchObject({ inputs: [{ columns: ["a", "b"] }] });
  });

  test("refuses a matrix that the numeric columns do not fit, and says which there are", async () => {
    put("a.csv", "a,b,c\n1,2,3\n");
    expect(inWords(await preview(tabular(null, {}, 2)))).toEqual({
      type: "problem",
      problem: {
        code: "input/wrong-columns",
        message: 'The model\'s input "x" takes 2 numeric columns, and "a.csv" has 3: "a", "b" and "c".',
        remedy: "Name the columns under input.columns in scorer.yml, then update the deployment.",
      },
    });
  });

  test("refuses when a needed or kept column is missing, and names it", async () => {
    put("0-empty.csv", "");
    put("a.csv", "a,b\n1,2\n");
    put("b.csv", "a,c\n1,2\n");
    expect(inWords(await preview(tabular(["a", "c"], { keep: ["id"] })))).toMatchObject({
      type: "problem",
      problem: { code: "input/wrong-columns", message: '"a.csv" has no column "c" or "id".' },
    });
  });

  test("refuses when no cell of a needed column is a number, and not for a few", async () => {
    const rows = (words: number): string =>
      Array.from({ length: 250 }, (_, row) => `${row < words ? "x" : row},1\n`).join("");
    put("a.csv", `a,b\n${rows(250)}`);
    expect(inWords(await preview(tabular(["a"])))).toMatchObject({
      type: "problem",
      problem: {
        code: "input/wrong-columns",
        message: 'The column "a" of "a.csv" holds no value that the model can take: "a" holds "x".',
      },
    });
    put("a.csv", `a,b\n${rows(199)}`);
    expect(await preview(tabular(["a"]))).toMatchObject({ type: "previewed" });
  });

  test("looks at single files of each kind", async () => {
    put("a.tsv", "a\tb\n1,2\t3\n");
    put("a.jsonl", '{"a":1,"s":"x"}\n{"a":2,"t":null}\n');
    await writeParquetFolder(root, { files: 1, rowsPerFile: 5000, features: 2 });
    const columns = async (file: string, column: string): Promise<unknown> => {
      const answer = await preview(tabular([column]), file);
      return answer.type === "previewed"
        ? [answer.preview.columns.map(({ name }) => name), answer.preview.items, answer.preview.files]
        : answer;
    };
    expect(await columns("a.tsv", "b")).toEqual([["a", "b"], 1, 1]);
    expect(await columns("a.jsonl", "a")).toEqual([["a", "s", "t"], 2, 1]);
    expect(await columns("part-0000.parquet", "f1")).toEqual([["id", "f0", "f1"], 5000, 1]);
  });

  test.each([
    ["nothing at all", {}, "input/empty"],
    ["files of other kinds only", { "a.png": "x" }, "input/empty"],
    ["empty files only", { "a.csv": "", "b.csv": "\ufeff" }, "input/empty"],
    ["headers only", { "a.csv": "a,b\n", "b.csv": "a,b" }, "input/empty"],
    ["nothing that is text", { "a.csv": Buffer.from("a\0b") }, "input/unreadable"],
  ])("refuses a folder of %s", async (_, files, code) => {
    for (const [name, content] of Object.entries(files)) put(name, content as string);
    expect(await preview(tabular(["a"]))).toMatchObject({ type: "problem", problem: { code } });
  });

  test("estimates the rows of a large input from its first 64 MB", async () => {
    const row = `${"1".repeat(99)}\n`;
    put("a.csv", `a\n${row.repeat(1_000_000)}`);
    const answer = await preview(tabular(["a"]));
    if (answer.type !== "previewed") throw new Error(JSON.stringify(answer));
    expect(answer.preview.itemsExact).toBe(false);
    expect(answer.preview.items).toBeGreaterThan(990_000);
    expect(answer.preview.items).toBeLessThan(1_010_000);
  });
});

describe("a plan", () => {
  test("keeps four messages under way and waits until one is taken", async () => {
    for (let index = 0; index < 2600; index++) put(`${index}.csv`, "a\n1\n");
    const { send, next, waiting } = start();
    send(planRequest());
    expect((await next()).type).toBe("listed");
    const early: FromDataProcess[] = [];
    for (let message = 0; message < 4; message++) early.push(await next());
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
    expect(waiting).toEqual([]);
    const ids: number[] = [];
    const note = (message: FromDataProcess): void => {
      if (message.type !== "mini-batches") throw new Error(message.type);
      expect(message.miniBatches.length).toBeLessThanOrEqual(500);
      ids.push(...message.miniBatches.map((miniBatch) => miniBatch.id));
    };
    for (const message of early) {
      note(message);
      send({ type: "taken" });
    }
    for (let message = await next(); message.type !== "planned"; message = await next()) {
      note(message);
      send({ type: "taken" });
    }
    expect(ids).toEqual(Array.from({ length: 2600 }, (_, id) => id));
  });

  test("tells what was listed, and goes on over the same files when it is resumed", async () => {
    for (let index = 0; index < 5; index++) put(`${index}.csv`, `a\n${"1\n".repeat(100)}`);
    put("x.png", "x");
    const whole = await plan(planRequest({ sliceBytes: 50 }));
    expect(whole.listed).toEqual({
      type: "listed",
      files: 5,
      bytes: 5 * 202,
      skipped: 1,
      skippedBy: { "other-ending": 1 },
      skippedNames: { "other-ending": ["x.png"] },
    });
    expect(existsSync(join(base, "files.list"))).toBe(true);
    expect(readdirSync(base).sort()).toEqual(["files.list", "in"]);
    // A file that came later is not part of the job.
    put("00.csv", "a\n1\n");
    const miniBatch = whole.miniBatches[6] as {
      parts: { file: string; end: number; firstRow: number; items: number }[];
    };
    const last = miniBatch.parts.at(-1);
    if (last === undefined) throw new Error("A mini-batch has a part.");
    const after = { file: last.file, end: last.end, nextRow: last.firstRow + last.items };
    const rest = await plan(planRequest({ sliceBytes: 50, nextMiniBatch: 7, after }));
    expect(rest.listed).toEqual(whole.listed);
    expect(rest.miniBatches).toEqual(whole.miniBatches.slice(7));
  });

  test("of pictures reads none of them", async () => {
    writeImageFolder(root, { count: 6 });
    const scorer: ImageScorer = {
      kind: "image",
      input: { name: "x", type: "float32", shape: [null, 3, 8, 8] },
      height: 8,
      width: 8,
      resize: "stretch",
      color: "rgb",
      layout: "nchw",
      scale: [1, 1, 1],
      mean: [0, 0, 0],
      std: [1, 1, 1],
      keep: [],
      batch: "auto",
      fixedBatch: null,
      outputs: [output],
    };
    const { miniBatches } = await plan(planRequest({ scorer, dialect: null, miniBatchSize: 4 }));
    expect(miniBatches).toMatchObject([{ items: 4 }, { items: 2 }]);
  });

  test("of an input that is gone is a problem, and leaves no listing", async () => {
    const { send, next } = start();
    send(planRequest({ input: { path: join(base, "nowhere"), kind: "folder", recursive: true } }));
    expect(await next()).toMatchObject({ type: "problem", problem: { code: "input/not-found" } });
    expect(existsSync(join(base, "files.list"))).toBe(false);
  });

  test("writes its listing in input order", async () => {
    for (const name of ["b.csv", "a/x.csv", "a.csv"]) put(name, "a\n1\n");
    await plan(planRequest());
    const lines = readFileSync(join(base, "files.list"), "utf8").trim().split("\n");
    expect(lines.slice(1, -1).map((line) => JSON.parse(line)[0])).toEqual(["a.csv", "a/x.csv", "b.csv"]);
  });
});
