import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { batchdeck, deploy, showJob } from "../../helpers/batchdeck.ts";
import { noOpModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryPlaces } from "../../helpers/places.ts";

/**
 * Delimiters, encodings, decimal marks and the words of number cells, scored for real. The model gives back what it was
 * given, so the predictions show what was read.
 */
const { root, home } = temporaryPlaces("dialects");
let jobs = 0;

const policies = { fails: "error", nan: "nan", seven: "{value: 7}" } as const;

beforeAll(async () => {
  for (const [endpoint, missing] of Object.entries(policies)) {
    const scorer = `input:\n  columns: {features: [größe]}\n  missing: ${missing}\noutput:\n  keep: [text]\n`;
    await deploy(home, endpoint, noOpModel(1), { scorer });
  }
});

type Scored = {
  readonly code: number | null;
  readonly note: string;
  /** Text and number of every row that was scored. */
  readonly rows: readonly (readonly string[])[];
  /** File, row, code and message of every item that was not. */
  readonly errors: readonly (readonly string[])[];
};

async function score(endpoint: string, files: Readonly<Record<string, string | Buffer>>): Promise<Scored> {
  jobs += 1;
  const input = path.join(root, `in-${jobs}`);
  const output = path.join(root, `out-${jobs}`);
  const name = `job-${jobs}`;
  fs.mkdirSync(input);
  for (const [file, content] of Object.entries(files)) fs.writeFileSync(path.join(input, file), content);
  const ran = await batchdeck(
    home,
    ...["invoke", "-n", endpoint, "--input", input, "--output-path", output, "--job-name", name],
    ...["--set", "batchdeck.csv_formulas=keep"],
  );
  if (ran.code === 2) return { code: 2, note: ran.stderr, rows: [], errors: [] };
  const job = await showJob(home, name);
  const rowsOf = (file: string): string[][] =>
    fs.existsSync(path.join(output, file)) ? parse(fs.readFileSync(path.join(output, file)), { from_line: 2 }) : [];
  const rows = rowsOf("predictions.csv");
  const errors = rowsOf("errors.csv");
  expect([job.succeeded, job.failed, job.total]).toEqual([rows.length, errors.length, rows.length + errors.length]);
  return {
    code: ran.code,
    note: ran.stderr,
    rows,
    errors: errors.map(([file = "", row = "", , code = "", message = ""]) => [file, row, code, message]),
  };
}

/** Bytes of Windows-1252 for the characters that these tests use. */
function windows1252(text: string): Buffer {
  const beyondLatin: Readonly<Record<string, number>> = { "€": 0x80, "–": 0x96, "“": 0x93, "”": 0x94, Š: 0x8a };
  return Buffer.from([...text].map((character) => beyondLatin[character] ?? character.charCodeAt(0)));
}

describe("what a number cell may say", () => {
  /** Written down by hand: the value of each text, "missing", or "wrong". */
  const table: readonly (readonly [text: string, meaning: string])[] = [
    ["1", "1"],
    ["+1", "1"],
    ["-1.5", "-1.5"],
    [".5", "0.5"],
    ["5.", "5"],
    ["007", "7"],
    ["1e3", "1000"],
    ["1E+3", "1000"],
    ["25e-1", "2.5"],
    ["  2.5\t", "2.5"],
    ["123456789012345678901234567890", "1.2345679e+29"],
    ["0.1234567890123456789", "0.12345679"],
    ["inf", "Infinity"],
    ["-Infinity", "-Infinity"],
    ["1e99", "Infinity"],
    ["", "missing"],
    ["  ", "missing"],
    ["NaN", "missing"],
    ["nan", "missing"],
    ["-nan", "missing"],
    ["NA", "missing"],
    ["N/A", "missing"],
    ["#N/A", "missing"],
    ["null", "missing"],
    ["NULL", "missing"],
    ["None", "missing"],
    ["1,234.5", "wrong"],
    ["1 234", "wrong"],
    ["1_000", "wrong"],
    ["0x10", "wrong"],
    ["1e", "wrong"],
    ["e5", "wrong"],
    ["1.2.3", "wrong"],
    ["--1", "wrong"],
    ["−1", "wrong"],
    ["12%", "wrong"],
    ["€5", "wrong"],
    ["true", "1"],
    ["nano", "wrong"],
    ["\u00a01", "wrong"],
    ["٣", "wrong"],
  ];
  const numbered = table.map(([text, meaning], index) => ({ id: `t${index}`, text, meaning }));
  const isRead = (value: string | undefined, meaning: string): boolean =>
    meaning === "NaN" ? Number.isNaN(Number(value)) || value === "" : Object.is(Number(value), Number(meaning));

  it.each(Object.keys(policies) as (keyof typeof policies)[])(
    "is read by the table, with missing values as '%s', plain and in quotes",
    async (policy) => {
      const line = (cell: string, id: string): string => `${id},${cell}\n`;
      const quotedWhereNeeded = (text: string): string => (text.includes(",") ? `"${text}"` : text);
      const found = await score(policy, {
        "a-plain.csv": `text,größe\n${numbered.map(({ id, text }) => line(quotedWhereNeeded(text), id)).join("")}`,
        "b-quoted.csv": `text,größe\n${numbered.map(({ id, text }) => line(`"${text}"`, id)).join("")}`,
        "c-strings.jsonl": numbered.map(({ id, text }) => `${JSON.stringify({ text: id, größe: text })}\n`).join(""),
      });
      const values = numbered.map(({ id, meaning }) => {
        if (meaning !== "missing") return [id, meaning] as const;
        return [id, policy === "fails" ? "cell-empty" : policy === "nan" ? "NaN" : "7"] as const;
      });
      const isFailure = (meaning: string): boolean => meaning === "wrong" || meaning === "cell-empty";
      const scored = values.filter(([, meaning]) => !isFailure(meaning));
      const expected = [...scored, ...scored, ...scored];
      expect(found.rows.map(([id]) => id)).toEqual(expected.map(([id]) => id));
      for (const [index, [id, meaning]] of expected.entries()) {
        const value = found.rows[index]?.[1];
        if (!isRead(value, meaning)) expect.fail(`${id} (${meaning}) was read as ${value}`);
      }
      const failures = values.flatMap(([, meaning], index) =>
        isFailure(meaning) ? [[String(index + 1), meaning === "wrong" ? "cell-not-a-number" : meaning]] : [],
      );
      for (const file of ["a-plain.csv", "b-quoted.csv", "c-strings.jsonl"]) {
        const ofFile = found.errors.filter(([name]) => name === file).map(([, row, code]) => [row, code]);
        expect(ofFile, file).toEqual(failures);
      }
    },
  );
});

describe("a folder in another dialect", () => {
  it("is read with semicolons, a decimal comma and Windows-1252, says so, and gives UTF-8", async () => {
    const text = "text;größe;note\nÄpfel “süß” €5;1,5;x\nplain;2;y\nŠkoda – é;-0,25e1;z\nlong;1234567,890123;\n";
    const found = await score("fails", { "a.csv": windows1252(text), "b.csv": "text;größe;note\n" });
    expect(found.code, found.note).toBe(0);
    expect(found.note).toContain("Read as semicolon-separated, decimal comma, Windows-1252.");
    expect(found.rows).toEqual([
      ["Äpfel “süß” €5", "1.5"],
      ["plain", "2"],
      ["Škoda – é", "-2.5"],
      ["long", "1234567.9"],
    ]);
  });

  it("takes its encoding from the first file that shows one", async () => {
    const found = await score("fails", {
      "a.jsonl": '{"text": "ü", "größe": 1}\n',
      "b.csv": "text,größe\n".replace("größe", "gr\u00f6\u00dfe"),
      "c.csv": "text,größe\né,2\n",
    });
    expect(found.note).not.toContain("Read as");
    expect(found.rows).toEqual([
      ["ü", "1"],
      ["é", "2"],
    ]);
  });

  it("never takes a number with a point for one with a comma", async () => {
    const found = await score("fails", { "a.csv": "text;größe\na;1,5\nb;1.234\nc;1.234,5\nd;2,25\ne;1,2,3\n" });
    expect(found.rows).toEqual([
      ["a", "1.5"],
      ["d", "2.25"],
    ]);
    expect(found.errors.map(([, row, code]) => [row, code])).toEqual(
      ["2", "3", "5"].map((row) => [row, "cell-not-a-number"]),
    );
    expect(found.errors[0]?.[3]).toBe('Column "größe" holds "1.234"; the model needs a number with a decimal comma.');
  });

  it("has each file read as what it is, and fails what is no text in it", async () => {
    const found = await score("fails", {
      "a.csv": windows1252("text;größe\nsüß;1,5\n"),
      "b-commas.csv": windows1252("text,größe\nx,1\n"),
      "c-utf8.csv": Buffer.concat([windows1252("text;größe\n"), Buffer.from("süß;2,5\nplain;3,5\n")]),
      "d-utf8-header.csv": "text;größe\nplain;4\n",
      "e-points.csv": windows1252("text;größe\nx;1.5\n"),
      "f-tabs.tsv": "text\tgröße\ny\t2.5\n",
      "g-sep.csv": "sep=,\r\n# a comment\r\ntext,größe\r\r\nz,3\r\r\n",
      "h-utf16.csv": Buffer.from("\ufefftext;größe\nx;1\n", "utf16le"),
      "i-nothing.csv": Buffer.concat([windows1252("text;größe\n"), Buffer.from([0x81, 0x3b, 0x31, 0x0a])]),
    });
    expect(found.rows).toEqual([
      ["süß", "1.5"],
      ["x", "1"],
      ["plain", "3.5"],
      ["plain", "4"],
      ["x", "1.5"],
      ["y", "2.5"],
      ["z", "3"],
      ["x", "1"],
    ]);
    expect(found.errors.map(([file, row, code]) => [file, row, code])).toEqual([
      ["c-utf8.csv", "1", "file-encoding"],
      ["i-nothing.csv", "1", "file-encoding"],
    ]);
  });

  it("fails the rows of a Windows-1252 file among UTF-8 ones only where they are used", async () => {
    const found = await score("fails", {
      "a.csv": "text,größe,unused\nsüß,1,é\n",
      "b.csv": Buffer.concat([
        Buffer.from("text,größe,unused\n"),
        windows1252("süß,2,x\n"),
        windows1252("plain,3,süß\n"),
      ]),
    });
    expect(found.rows).toEqual([
      ["süß", "1"],
      ["plain", "3"],
    ]);
    expect(found.errors).toEqual([["b.csv", "1", "file-encoding", 'Column "text" is not UTF-8 text.']]);
  });

  it("is UTF-8 when most of it is, and the broken line fails alone", async () => {
    const found = await score("fails", {
      "a.csv": Buffer.concat([Buffer.from("text,größe\nsüß,1\n"), windows1252("süß,2\n"), Buffer.from("äöü,3\n")]),
    });
    expect(found.note).not.toContain("Windows-1252");
    expect(found.rows).toEqual([
      ["süß", "1"],
      ["äöü", "3"],
    ]);
    expect(found.errors).toEqual([["a.csv", "2", "file-encoding", 'Column "text" is not UTF-8 text.']]);
  });

  it("is not taken for Windows-1252 when it is no text at all", async () => {
    const noise = Buffer.from(Array.from({ length: 4000 }, (_, index) => 1 + ((index * 7919) % 255)));
    const found = await score("fails", { "a.csv": noise });
    expect(found.code).toBe(2);
    expect(found.note).not.toContain("Read as Windows-1252");
  });
});
