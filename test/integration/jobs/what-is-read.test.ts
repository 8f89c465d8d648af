import fs from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { batchdeck, deploy } from "../../helpers/batchdeck.ts";
import { stringModel } from "../../helpers/models/model-fixtures.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Which files of a folder are scored, and what is told of those that are not. */
const root = temporaryFolder("what-is-read");

type JobFile = {
  readonly counts: Readonly<Record<string, number>>;
  readonly input: { readonly skipped_by: object; readonly skipped_names: object };
};

describe("a folder of many kinds of files", () => {
  it("is read by ending and by content, and what is left out is named everywhere", async () => {
    const [home, input, out] = ["home", "input", "out"].map((name) => path.join(root, name)) as [
      string,
      string,
      string,
    ];
    fs.mkdirSync(input);
    const table = (...rows: string[]) => `city,age\n${rows.join("\n")}\n`;
    const files: Readonly<Record<string, string>> = {
      "a.csv": table("ann,1"),
      "part-00000": table("bob,2", "cleo,3"),
      "more.json": '{"city": "dan", "age": 4}\n{"city": "eve", "age": 5}\n',
      "notes.dat": "Nothing but text, which has\ncommas.\n",
      ".hidden": "x",
    };
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(input, name), content);
    for (let index = 0; index < 7; index++) fs.writeFileSync(path.join(input, `${index}.pdf`), "x");
    await deploy(home, "read", stringModel(), { scorer: "output: {keep: [city]}\n" });
    const invoke = ["invoke", "-n", "read", "--input", input, "--output-path", out, "--job-name", "job"];

    const pdfs = '7 without an ending that is read ("0.pdf", "1.pdf", "2.pdf", "3.pdf", "4.pdf" and 2 more)';
    const sentence = `9 files are left out: 1 hidden (".hidden"), 1 with content that is not recognized ("notes.dat"), ${pdfs}.`;
    const looked = await batchdeck(home, ...invoke, "--dry-run");
    expect(`${looked.stdout}${looked.stderr}`.replaceAll(/\s+/g, " ")).toContain(sentence);

    const ran = await batchdeck(home, ...invoke);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(sentence);
    const rows = parse<{ city: string }>(fs.readFileSync(path.join(out, "predictions.csv")), { columns: true });
    expect(rows.map(({ city }) => city)).toEqual(["ann", "dan", "eve", "bob", "cleo"]);
    const record = JSON.parse(fs.readFileSync(path.join(out, "job.json"), "utf8")) as JobFile;
    expect(record.counts).toMatchObject({ total: 14, succeeded: 5, failed: 0, skipped: 9 });
    expect(record.input.skipped_by).toEqual({ hidden: 1, "other-content": 1, "other-ending": 7 });
    expect(record.input.skipped_names).toEqual({
      hidden: [".hidden"],
      "other-content": ["notes.dat"],
      "other-ending": ["0.pdf", "1.pdf", "2.pdf", "3.pdf", "4.pdf"],
    });
  });
});
