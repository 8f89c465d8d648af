import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob, startBatchdeck, untilScored } from "../helpers/batchdeck.ts";
import { kill } from "../helpers/processes.ts";
import { seededRandom } from "../helpers/random.ts";
import { temporaryFolder } from "../helpers/places.ts";
import { tokenModel } from "../helpers/models/text-models.ts";
import { wordPieceTokenizer, wordPieceVocabulary } from "../helpers/models/tokenizers.ts";

/** Texts, when processes are killed, and when a text itself ends them or takes for ever. */
const root = temporaryFolder("fault-texts");

type Row = Readonly<Record<string, string>>;

function rowsOf(job: string, name: string): readonly Row[] {
  return parse<Row>(fs.readFileSync(path.join(root, job, name)), { columns: true });
}

async function deployTokens(
  endpoint: string,
  wish: { scorer: string; deadly?: number; tokenizer?: unknown; settings?: readonly string[] },
): Promise<string> {
  const home = path.join(root, `${endpoint}-home`);
  const model = path.join(root, `${endpoint}-home-${endpoint}`, "model");
  fs.mkdirSync(model, { recursive: true });
  fs.writeFileSync(path.join(model, "tokenizer.json"), JSON.stringify(wish.tokenizer ?? wordPieceTokenizer()));
  const { deadly, scorer, settings } = wish;
  const bytes = tokenModel({
    vocabulary: wordPieceVocabulary.length,
    ...(deadly === undefined ? {} : { deadly }),
  });
  await deploy(home, endpoint, bytes, { scorer, ...(settings === undefined ? {} : { settings }) });
  return home;
}

const invokeArguments = (endpoint: string, input: string, job: string, ...more: readonly string[]) => [
  ...["invoke", "-n", endpoint, "--input", input, "--output-path", path.join(root, job), "--job-name", job],
  ...more,
];

describe("a job of texts", () => {
  it("gives the same bytes with any number of workers, in slices, and after kills", async () => {
    const random = seededRandom(11);
    const words = ["the", "cat", ",", "unaffable", "dog", "\u4e2d", "Z\u00fcrich", "xyz", "sat."];
    const input = path.join(root, "lines");
    fs.mkdirSync(input);
    for (let file = 0; file < 4; file++) {
      const lines = Array.from({ length: 2500 }, () =>
        Array.from({ length: Math.floor(random() * 60) }, () => words[Math.floor(random() * words.length)]).join(" "),
      );
      // Bytes that are no UTF-8, so that errors.csv has something to get wrong.
      const bytes = Buffer.from(lines.join("\n"));
      for (let at = 1000; at < bytes.length; at += 10_000) if ((bytes[at] ?? 0) < 0x80) bytes[at] = 0xff;
      fs.writeFileSync(path.join(input, `${file}.txt`), bytes);
    }
    const home = await deployTokens("lines", {
      scorer: "input: {items: line, max_length: 24}\nbatch: 16\n",
      settings: ["mini_batch_size: 1"],
    });
    const bytesOf = (job: string) =>
      ["predictions.csv", "errors.csv"].map((name) => fs.readFileSync(path.join(root, job, name)));
    const undisturbed = await batchdeck(home, ...invokeArguments("lines", input, "one", "--instance-count", "1"));
    expect(undisturbed.code, undisturbed.stderr).toBe(3);
    expect(rowsOf("one", "errors.csv").every(({ code }) => code === "text-encoding")).toBe(true);

    const queued = await batchdeck(
      home,
      ...invokeArguments("lines", input, "killed", "--instance-count", "2", "--no-wait"),
    );
    expect(queued.code, queued.stderr).toBe(0);
    for (const items of [1, 3000, 6000]) {
      const running = startBatchdeck(home, "job", "resume", "-n", "killed");
      await untilScored(home, "killed", items);
      kill(running.child.pid, "SIGKILL");
      await running.ended;
    }
    const resumed = await batchdeck(home, "job", "resume", "-n", "killed");
    expect(resumed.code, resumed.stderr).toBe(3);
    expect(bytesOf("killed")).toEqual(bytesOf("one"));
    const job = await showJob(home, "killed");
    expect(job.succeeded + job.failed + job.skipped).toBe(job.total);
    expect(job.failed).toBeGreaterThan(10);
    // One broken line costs no other.
    expect(job.failed).toBeLessThan(500);
  });
});

describe("a text that ends its process", () => {
  it("fails alone, as a line and as a file", async () => {
    const texts = Array.from({ length: 40 }, (_, index) => (index % 23 === 5 ? "the dog" : "the cat"));
    const wanted = [6, 29];
    for (const items of ["line", "file"]) {
      const input = path.join(root, `deadly-${items}`);
      fs.mkdirSync(input);
      if (items === "line") fs.writeFileSync(path.join(input, "all.txt"), texts.join("\n"));
      else {
        for (const [index, text] of texts.entries())
          fs.writeFileSync(path.join(input, `${String(index + 1).padStart(2, "0")}.txt`), text);
      }
      const endpoint = `deadly-${items}`;
      const home = await deployTokens(endpoint, { scorer: `input: {items: ${items}}\nbatch: 8\n`, deadly: 13 });
      const ran = await batchdeck(home, ...invokeArguments(endpoint, input, `out-${items}`));
      expect(ran.code, ran.stderr).toBe(3);
      const errors = rowsOf(`out-${items}`, "errors.csv");
      expect(errors.map(({ file, row }) => Number(items === "line" ? row : file?.slice(0, 2)))).toEqual(wanted);
      for (const { stage, code } of errors) expect([stage, code]).toEqual(["infer", "worker-died"]);
      expect(rowsOf(`out-${items}`, "predictions.csv")).toHaveLength(38);
    }
  });
});

describe("a tokenizer with a pattern that takes for ever", () => {
  const patient = (regex: string) =>
    wordPieceTokenizer({
      pre_tokenizer: { type: "Split", pattern: { Regex: regex }, behavior: "Isolated", invert: false },
    });

  it("costs the mini-batch with the text that it takes for ever on, and no other", async () => {
    const input = path.join(root, "patient");
    fs.mkdirSync(input);
    fs.writeFileSync(path.join(input, "a.txt"), "the\ncat");
    fs.writeFileSync(path.join(input, "b.txt"), `${"q".repeat(60)}!`);
    fs.writeFileSync(path.join(input, "c.txt"), "dog");
    const home = await deployTokens("patient", {
      scorer: "input: {items: line}\nbatch: 2\n",
      tokenizer: patient("(q+q+)+r"),
      settings: ["mini_batch_size: 1", "retry_settings:", "  max_retries: 1", "  timeout: 2"],
    });
    const ran = await batchdeck(home, ...invokeArguments("patient", input, "patient-out"));
    expect(ran.code, ran.stderr).toBe(3);
    expect(rowsOf("patient-out", "errors.csv").map(({ file }) => file)).toEqual(["b.txt"]);
    expect(rowsOf("patient-out", "predictions.csv").map(({ file }) => file)).toEqual(["a.txt", "a.txt", "c.txt"]);
  });
});
