import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { home, input, inFreshInputs } from "../../helpers/azure-script/fresh-inputs.ts";
import { expectSameRows } from "../../helpers/azure-script/scored-in-azure.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import { encodedText } from "../../helpers/data/encoded-text.ts";
import { echoModel, tokenModel } from "../../helpers/models/text-models.ts";
import { byteLevelTokenizer, wordPieceTokenizer, wordPieceVocabulary } from "../../helpers/models/tokenizers.ts";
import { seededRandom } from "../../helpers/random.ts";

/** The script for Azure, run by Python, beside Batchdeck's own engine: texts. */
inFreshInputs("azure-texts");

async function deployTokens(endpoint: string, scorer: string, model: Uint8Array, tokenizer: object): Promise<void> {
  const folder = path.join(home, "..", `${path.basename(home)}-${endpoint}`, "model");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  await deploy(home, endpoint, model, { scorer });
}

describe("a script for texts in Azure", () => {
  test("takes whole files as they are, and fails what is no text", async () => {
    const files: Readonly<Record<string, string | Buffer>> = {
      "a.txt": "one\r\ntwo\n",
      "b.md": Buffer.from("\ufeffwith a mark"),
      "c.txt": Buffer.from("\ufeffé wide", "utf16le"),
      "d.txt": encodedText("schöne Grüße", "windows-1252"),
      "e.txt": Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]),
      "empty.txt": "",
      "mark-only.txt": Buffer.from([0xef, 0xbb, 0xbf]),
      "nul.txt": "a\0b and more of it",
      note: "without an ending",
      "page.html": "<p>",
    };
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(input, name), content);
    await deploy(home, "files", echoModel(), { scorer: "input: {kind: text, items: file, encoding: utf-8}\n" });
    const { rows, errors } = await expectSameRows(home, "files", input);
    expect([rows.length, errors.length]).toEqual([4, 5]);
  });

  test("makes vectors of tokens, of texts of any length and in any order", async () => {
    const random = seededRandom(3);
    const words = ["the", "cat", "Zürich", "unaffable!", "dog", "中", "sat."];
    const lines = Array.from({ length: 150 }, () =>
      Array.from({ length: Math.floor(random() * 30) }, () => words[Math.floor(random() * words.length)]).join(" "),
    );
    fs.writeFileSync(path.join(input, "a.txt"), `${lines.join("\n")}\n\n\r\nlast`);
    fs.writeFileSync(path.join(input, "b.txt"), Buffer.concat([Buffer.from("the\n"), Buffer.from([0xff, 0x0a])]));
    const model = tokenModel({ vocabulary: wordPieceVocabulary.length, tokenTypes: true, hidden: "float" });
    const output = "output: {outputs: [hidden, mean, types], pool: mean, normalize: true}";
    await deployTokens("lines", `input: {kind: text, items: line}\n${output}\n`, model, wordPieceTokenizer());
    const { rows } = await expectSameRows(home, "lines", input, 1e-6);
    expect(rows.length).toBeGreaterThan(100);
  });

  test("reads the column of a table, and fails texts that the model refuses", async () => {
    const table = ["id,said", "1,hello", "2,", '3,"two\nlines"', "4,hello hello", "5,\u4e2d\u6587", "6,=x"];
    fs.writeFileSync(path.join(input, "a.csv"), `${table.join("\n")}\n`);
    fs.writeFileSync(path.join(input, "b.jsonl"), '{"said": "hello", "id": 7}\n{"id": 8}\n{"said": null}\n');
    const model = tokenModel({ vocabulary: 320, mask: false });
    const scorer = "input: {kind: text, items: row, columns: {input_ids: said}, max_length: 6}\noutput: {keep: [id]}\n";
    await deployTokens("rows", scorer, model, byteLevelTokenizer());
    const { rows, errors } = await expectSameRows(home, "rows", input, 1e-6);
    expect(rows.length + errors.length).toBe(9);
  });
});
