import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob } from "../../helpers/batchdeck.ts";
import { writeBadCsvs, writeBadImages } from "../../helpers/data/data-fixtures.ts";
import { denseModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { abortingModel, refusingModel } from "../../helpers/models/misbehaving-models.ts";
import { imageModel } from "../../helpers/models/image-models.ts";

/** Promise 1 of the design: one bad item costs that item, is listed once with a plain reason, and every item is counted. */
const root = temporaryFolder("bad-items");

type ErrorRow = { file: string; row: string; stage: string; code: string; message: string; value: string };

function errorsOf(folder: string): ErrorRow[] {
  return parse<ErrorRow>(fs.readFileSync(path.join(folder, "errors.csv")), { columns: true });
}

async function run(name: string, model: Uint8Array, input: string, options: Parameters<typeof deploy>[3] = {}) {
  const home = path.join(root, `${name}-home`);
  const out = path.join(root, `${name}-out`);
  await deploy(home, "scored", model, options);
  const ran = await batchdeck(
    home,
    "invoke",
    "-n",
    "scored",
    "--input",
    input,
    "--output-path",
    out,
    "--job-name",
    "job",
  );
  return { ran, out, job: await showJob(home, "job") };
}

describe("a folder with bad items", () => {
  it("of pictures: a cut JPEG, an empty .jpg and text named .png", async () => {
    const input = path.join(root, "images");
    const bad = writeBadImages(input);
    const { ran, out, job } = await run("images", imageModel(), input);
    expect(ran.code, ran.stderr).toBe(3);
    expect(errorsOf(out).map(({ file, row, code }) => ({ file, row, code }))).toEqual(
      bad.failures.map(({ file, row, code }) => ({ file, row: row === null ? "" : String(row), code })),
    );
    for (const error of errorsOf(out)) expect(error.message).toMatch(/^[A-Z"].{10,}\.$/);
    expect(job.total).toBe(bad.total);
    expect(job.succeeded + job.failed + job.skipped).toBe(job.total);
    expect(job.failed).toBe(bad.failures.length);
  });

  it("of tables: a ragged row, a wrong type, an unterminated quote and an empty .csv", async () => {
    const input = path.join(root, "tables");
    const bad = writeBadCsvs(input);
    const header =
      fs
        .readFileSync(
          path.join(input, fs.readdirSync(input).find((name) => fs.statSync(path.join(input, name)).size > 0) ?? ""),
          "utf8",
        )
        .split("\n")[0] ?? "";
    const features = header.split(",").filter((name) => name !== "id");
    const { ran, out, job } = await run("tables", denseModel({ features: features.length }), input, {
      scorer: `input:\n  columns: {features: [${features.join(", ")}]}\noutput:\n  keep: [id]\n`,
    });
    expect(ran.code, ran.stderr).toBe(3);
    expect(errorsOf(out).map(({ file, row, code }) => ({ file, row, code }))).toEqual(
      bad.failures.map(({ file, row, code }) => ({ file, row: row === null ? "" : String(row), code })),
    );
    expect(job.total).toBe(bad.total);
    expect(job.succeeded + job.failed + job.skipped).toBe(job.total);
    expect(job.succeeded).toBe(bad.total - bad.failures.length);
  });
});

describe("an item that the model cannot take", () => {
  const rows = Array.from({ length: 1000 }, (_, row) => `${row === 0 ? 13 : 20 + row},${row}`);
  const scorer = "input:\n  columns: {features: [a, b]}\noutput:\n  keep: [a, b]\n";

  it("fails alone when it ends the worker process, first of 1,000 rows", async () => {
    const input = path.join(root, "deadly");
    fs.mkdirSync(input);
    fs.writeFileSync(path.join(input, "rows.csv"), `a,b\n${rows.join("\n")}\n`);
    const { ran, out, job } = await run("deadly", abortingModel(), input, { scorer });
    expect(ran.code, ran.stderr).toBe(3);
    expect(errorsOf(out)).toMatchObject([{ file: "rows.csv", row: "1", stage: "infer", code: "worker-died" }]);
    expect([job.succeeded, job.failed, job.total]).toEqual([999, 1, 1000]);
    const scored = parse<Record<string, string>>(fs.readFileSync(path.join(out, "predictions.csv")), { columns: true });
    expect(scored.map((row) => Number(row["score"]))).toEqual(
      rows.slice(1).map((row) => row.split(",").reduce((sum, cell) => sum + Number(cell), 0)),
    );
  });

  it("fails alone when the model refuses it with an error", async () => {
    const input = path.join(root, "refused");
    fs.mkdirSync(input);
    fs.writeFileSync(path.join(input, "rows.csv"), `a,b\n${rows.join("\n")}\n`);
    const { ran, out } = await run("refused", refusingModel(), input, { scorer });
    expect(ran.code, ran.stderr).toBe(3);
    expect(errorsOf(out)).toMatchObject([{ file: "rows.csv", row: "1", stage: "infer", code: "model-error" }]);
  });

  it("stops the job when every item ends its worker, instead of trying them all", async () => {
    const input = path.join(root, "hopeless");
    fs.mkdirSync(input);
    fs.writeFileSync(
      path.join(input, "rows.csv"),
      `a,b\n${Array.from({ length: 500 }, (_, row) => `13,${row}`).join("\n")}\n`,
    );
    const { ran, job } = await run("hopeless", abortingModel(), input, { scorer });
    expect(ran.code, ran.stderr).toBe(1);
    expect(job).toMatchObject({ status: "Failed", problem: { code: "worker/crash-loop" } });
  });
});
