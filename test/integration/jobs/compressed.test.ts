import fs from "node:fs";
import path from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { batchdeck, batchdeckJson, deploy, showJob } from "../../helpers/batchdeck.ts";
import { denseModel, stringModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { echoModel } from "../../helpers/models/text-models.ts";
import { seededRandom } from "../../helpers/random.ts";

/** Compressed files are scored as what is in them, and are named as they are called. */
const root = temporaryFolder("compressed");

type Row = Readonly<Record<string, string>>;
type Files = Readonly<Record<string, string | Buffer>>;

function place(name: string, files: Files) {
  const [home, input, out] = ["home", "input", "out"].map((part) => path.join(root, name, part)) as [
    string,
    string,
    string,
  ];
  for (const [file, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(input, file)), { recursive: true });
    fs.writeFileSync(path.join(input, file), content);
  }
  const invoke = (...more: readonly string[]) =>
    batchdeck(home, "invoke", "-n", "packed", "--input", input, "--output-path", out, "--job-name", "job", ...more);
  const read = (file: string, folder = out): readonly Row[] =>
    parse<Row>(fs.readFileSync(path.join(folder, file)), { columns: true });
  return { home, input, out, invoke, read };
}

/** As `read` gives them, without the endings of compression. */
const unpackedNames = (rows: readonly Row[]) =>
  rows.map(({ file = "", ...row }) => ({ file: file.replace(/\.(gz|zst)$/, ""), ...row }));

const tableOf = (rows: number, seed: number): string => {
  const random = seededRandom(seed);
  return `a,b,c\n${Array.from({ length: rows }, () => `${random()},${random()},${random()}\n`).join("")}`;
};

describe("compressed tables", () => {
  const json = '{"a": 1, "b": 2, "c": 3}\n{"a": "no", "b": 2, "c": 3}\n';
  const texts: Readonly<Record<string, string>> = {
    "a.csv": tableOf(3000, 1),
    "b/b.tsv": tableOf(20, 2).replaceAll(",", "\t"),
    "c.jsonl": json,
    "d.csv": `${tableOf(5, 3)}1,2\n"open,2,3\n4,5,6\n`,
    "e.ndjson": json,
    "f.txt": tableOf(3, 4).replaceAll(",", ";"),
  };
  const packed: Files = {
    "a.csv.gz": gzipSync(texts["a.csv"] ?? ""),
    "b/b.tsv.gz": gzipSync(texts["b/b.tsv"] ?? ""),
    "c.jsonl.gz": gzipSync(texts["c.jsonl"] ?? ""),
    "d.csv.zst": zstdCompressSync(texts["d.csv"] ?? ""),
    "e.ndjson.zst": zstdCompressSync(texts["e.ndjson"] ?? ""),
    "f.txt.gz": gzipSync(texts["f.txt"] ?? ""),
  };

  it("have the rows, the errors and the counts of the tables in them", async () => {
    const [one, other] = [place("plain", texts), place("packed", packed)];
    for (const { home, invoke } of [one, other]) {
      await deploy(home, "packed", denseModel({ features: 3 }), {
        scorer: "input: {columns: {features: [a, b, c]}}\n",
      });
      const ran = await invoke("--set", "mini_batch_size=1");
      expect(ran.code, ran.stderr).toBe(3);
    }
    expect(unpackedNames(other.read("predictions.csv"))).toEqual(one.read("predictions.csv"));
    expect(unpackedNames(other.read("errors.csv"))).toEqual(one.read("errors.csv"));
    expect(other.read("errors.csv").map(({ file, row }) => [file, row])).toEqual([
      ["c.jsonl.gz", "2"],
      ["d.csv.zst", "6"],
      ["d.csv.zst", "7"],
      ["e.ndjson.zst", "2"],
    ]);
    const { total, succeeded, failed, skipped } = await showJob(other.home, "job");
    expect({ total, succeeded, failed, skipped }).toEqual({ total: 3035, succeeded: 3031, failed: 4, skipped: 0 });
    // The unpacked copies go with the job's end.
    expect(fs.existsSync(path.join(other.home, "jobs", "job", "copies"))).toBe(false);
    // A look before the run counts the same, and leaves nothing.
    const look = await batchdeckJson<{ plan: { items: number }; sample: { rows: unknown[] } }>(
      other.home,
      ...["invoke", "-n", "packed", "--input", other.input, "--output-path", `${other.out}2`, "--dry-run"],
    );
    expect(look.plan.items).toBe(3035);
    expect(look.sample.rows.length).toBeGreaterThan(0);
    expect(fs.readdirSync(other.home).filter((name) => name.startsWith("preflight"))).toEqual([]);
  });

  it("that are damaged are one failed item each, and are scored when they are whole and tried again", async () => {
    const whole = gzipSync(tableOf(2000, 5));
    const { home, input, out, invoke, read } = place("damaged", {
      "a.csv.gz": gzipSync(tableOf(4, 6)),
      "cut.csv.gz": whole.subarray(0, whole.length - 100),
      "no.csv.gz": "a,b,c\n1,2,3\n",
    });
    await deploy(home, "packed", denseModel({ features: 3 }), { scorer: "input: {columns: {features: [a, b, c]}}\n" });
    const ran = await invoke();
    expect(ran.code, ran.stderr).toBe(3);
    const [cut, other] = read("errors.csv");
    expect(cut).toMatchObject({ file: "cut.csv.gz", row: "", stage: "read", code: "file-unreadable" });
    expect(cut?.["message"]).toMatch(/gzip data of the file ends too early/);
    expect(other?.["message"]).toBe("The name of the file ends in .gz, but it holds no gzip data.");
    expect(read("predictions.csv")).toHaveLength(4);

    fs.writeFileSync(path.join(input, "cut.csv.gz"), whole);
    fs.writeFileSync(path.join(input, "no.csv.gz"), gzipSync("a,b,c\n1,2,3\n"));
    const again = await batchdeck(home, "job", "retry-failed", "-n", "job");
    expect(again.code, again.stderr).toBe(0);
    expect(read("predictions.csv")).toHaveLength(2005);

    // What has not changed is taken over.
    fs.writeFileSync(path.join(input, "new.csv.zst"), zstdCompressSync(tableOf(7, 7)));
    const more = await batchdeck(
      home,
      ...["invoke", "-n", "packed", "--input", input, "--output-path", `${out}-more`, "--incremental"],
    );
    expect(more.code, more.stderr).toBe(0);
    expect(more.stderr).toContain("2,005 of 2,012 rows");
    expect(read("predictions.csv", `${out}-more`)).toHaveLength(2012);
  });

  it("may be a single file, one with an unknown ending, or texts", async () => {
    const { home, input, invoke, read } = place("single", {
      "part-0.gz": gzipSync("city,age\nLyon,1\nAmsterdam,2\n"),
      "part-1": zstdCompressSync("city,age\nLyon,3\n"),
      "README.gz": gzipSync("city,age\nLyon,3\n"),
      "notes.gz": gzipSync("Nothing but text.\n"),
    });
    await deploy(home, "packed", stringModel());
    const ran = await invoke();
    expect(ran.code, ran.stderr).toBe(0);
    expect(read("predictions.csv").map(({ file, row, code }) => [file, row, code])).toEqual([
      ["part-0.gz", "1", "33"],
      ["part-0.gz", "2", "31"],
      ["part-1", "1", "33"],
    ]);
    expect(ran.stderr).toContain('1 without an ending that is read ("README.gz")');
    const single = await batchdeck(
      home,
      ...["invoke", "-n", "packed", "--input", path.join(input, "part-1"), "--output-path", path.join(root, "one")],
    );
    expect(single.code, single.stderr).toBe(0);

    const texts = place("texts", { "a.txt.gz": gzipSync("Lyon"), "b.md.zst": zstdCompressSync("São Paulo\n") });
    for (const [items, expected] of [
      ["file", ["Lyon", "São Paulo\n"]],
      ["line", ["Lyon", "São Paulo"]],
    ] as const) {
      await deploy(texts.home, items, echoModel(), { scorer: `input: {kind: text, items: ${items}}\n` });
      const out = path.join(root, "texts", items);
      const scored = await batchdeck(
        texts.home,
        ...["invoke", "-n", items, "--input", texts.input, "--output-path", out],
      );
      expect(scored.code, scored.stderr).toBe(0);
      expect(texts.read("predictions.csv", out).map(({ same }) => same)).toEqual(expected);
    }
  });
});
