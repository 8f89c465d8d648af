import path from "node:path";
import { describe, expect, it } from "vitest";
import { resolveEncoding } from "../../../electron/deployments/scorers/resolve-encoding.ts";
import { encodableIn, encodedText, sentencesIn } from "../../helpers/data/encoded-text.ts";
import { readInput, writeFiles } from "../../helpers/data/read-input.ts";
import { scorerOf } from "../../helpers/data/tabular-reading.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";

/** Texts in the encodings of the world: read as scorer.yml says, or refused with the likely one, never guessed in silence. */
const root = temporaryFolder("encodings");
let folders = 0;

const scorer = scorerOf([{ type: "float32", columns: ["x"] }], { keep: ["text"] });

async function read(files: Readonly<Record<string, string | Buffer>>, encoding?: string, keep = ["text"]) {
  folders += 1;
  const folder = path.join(root, String(folders));
  writeFiles(folder, files);
  return readInput(folder, { ...scorer, keep, ...(encoding === undefined ? {} : { encoding }) }, { sliceBytes: 2000 });
}

async function keptTexts(files: Readonly<Record<string, string | Buffer>>, encoding?: string): Promise<unknown[]> {
  const found = await read(files, encoding);
  if (!found.ok) return [found.problem.kind, found.problem.params];
  return found.items.map(({ keep, row, code }) => (code === undefined ? keep?.[0] : [row, code]));
}

const table = (texts: readonly string[]) => `text,x\n${texts.map((text, row) => `"${text}",${row}\n`).join("")}`;
const lines = (texts: readonly string[]) => texts.map((text, x) => `${JSON.stringify({ text, x })}\n`).join("");

const foreign = [
  ["pl", "windows-1250"],
  ["cs", "windows-1250"],
  ["pl", "iso-8859-2"],
  ["cs", "iso-8859-2"],
  ["tr", "windows-1254"],
  ["ru", "windows-1251"],
  ["ru", "koi8-r"],
  ["ru", "ibm866"],
  ["ja", "shift_jis"],
  ["ja", "euc-jp"],
  ["ko", "euc-kr"],
  ["zh-cn", "gbk"],
  ["zh-tw", "big5"],
] as const;
const western = ["de", "es", "fr", "it", "pt-br"] as const;

/** By their names, those that are the same but for a few characters. */
const alike: Readonly<Record<string, readonly string[]>> = {
  gbk: ["gb18030"],
  "windows-1254": ["iso-8859-9"],
  "iso-8859-2": ["windows-1250"],
};

describe("input.encoding", () => {
  it.each([...foreign, ["cs", "utf-16le"], ["ja", "utf-16be"], ["de", "macintosh"], ["ja", "iso-2022-jp"]] as const)(
    "reads tables and JSON lines as they were written: %s in %s",
    async (language, encoding) => {
      const texts = encodableIn(sentencesIn(language), encoding).slice(0, 120);
      expect(texts.length).toBe(120);
      const files = { "a.csv": encodedText(table(texts), encoding), "b.jsonl": encodedText(lines(texts), encoding) };
      expect(await keptTexts(files, encoding)).toEqual([...texts, ...texts]);
    },
  );

  it("counts for less than a byte order mark, and for more than what the bytes look like", async () => {
    const files = {
      "a.csv": Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(table(["süß"]))]),
      "b.csv": Buffer.concat([Buffer.from([0xff, 0xfe]), encodedText(table(["süß"]), "utf-16le")]),
      "c.csv": Buffer.from(table(["süß"])),
      "d.csv": encodedText(table(["слово"]), "windows-1251"),
    };
    expect(await keptTexts(files, "windows-1251")).toEqual(["süß", "süß", "sГјГџ", "слово"]);
    expect(await keptTexts({ "c.csv": files["c.csv"] }, "windows-1252")).toEqual(
      ["sÃ¼ÃŸ"].map(() => [1, "file-encoding"]),
    );
    expect(await keptTexts({ "d.csv": encodedText(table(["süß"]), "windows-1252") }, "utf-8")).toEqual([
      [1, "file-encoding"],
    ]);
  });

  it("is any label of the Encoding Standard", () => {
    const named = (label: string) => resolveEncoding({ input: { encoding: label } });
    for (const [label, name] of [
      ["CP1251", "windows-1251"],
      ["latin1", "windows-1252"],
      ["ISO-8859-9", "windows-1254"],
      ["sjis", "shift_jis"],
      ["gb2312", "gbk"],
      ["utf-16", "utf-16le"],
      ["UTF8", "utf-8"],
    ] as const) {
      expect(named(label), label).toEqual({ ok: true, value: { encoding: name } });
    }
    for (const label of ["", "cp850", "utf-7", "replacement", "x-user-defined", "utf-32"]) {
      expect(named(label), label).toMatchObject({ ok: false, problem: { kind: "scorer/invalid:encoding" } });
    }
  });
});

describe("without input.encoding, text that is not UTF-8", () => {
  it.each(foreign)("is refused with the likely encoding, and what it reads: %s in %s", async (language, encoding) => {
    const random = seededRandom(5);
    const all = encodableIn(sentencesIn(language), encoding);
    for (let round = 0; round < (isLong ? 20 : 5); round += 1) {
      const texts = Array.from({ length: 20 }, () => all[Math.floor(random() * all.length)] ?? "");
      const found = await read({ "a.csv": encodedText(table(texts), encoding) });
      if (found.ok) throw new Error(`Read in silence: ${texts.join(" | ")}`);
      const { likely, text } = found.problem.params as { likely: string; text: string };
      expect(found.problem.kind).toBe("input/unreadable:encoding");
      expect([encoding, ...(alike[encoding] ?? [])], texts.join(" | ")).toContain(likely);
      expect(text).toContain(`"${texts[0]}`.slice(0, 20));
    }
  });

  it.each(western)("is read when it is Windows-1252: %s", async (language) => {
    const random = seededRandom(6);
    const all = encodableIn(sentencesIn(language), "windows-1252");
    const words = [...new Set(all.join(" ").split(/[^\p{L}]+/u))].filter((word) => /[^a-z]/i.test(word));
    const oneOf = (texts: readonly string[]) => texts[Math.floor(random() * texts.length)] ?? "";
    const rounds = isLong ? 40 : 10;
    let refused = 0;
    for (let round = 0; round < rounds; round += 1) {
      const texts = Array.from({ length: 20 }, () => oneOf(all));
      expect(await keptTexts({ "a.csv": encodedText(table(texts), "windows-1252") })).toEqual(texts);
      const few = Array.from({ length: 3 }, () => oneOf(words));
      const found = await read({ "a.csv": encodedText(table(few), "windows-1252") });
      if (!found.ok) refused += 1;
    }
    // Three single words do not say much.
    expect(refused).toBeLessThanOrEqual(rounds / 10);
  });

  it.each([
    ["windows-1251", ["отлично", "плохо", "нормально"]],
    ["gbk", ["很好", "不好"]],
    ["windows-1250", ["Łódź", "Kraków"]],
    ["shift_jis", ["山田", "鈴木"]],
    ["windows-1253", ["καλό", "κακό"]],
    ["windows-1255", ["מוצר טוב מאוד"]],
    ["windows-1256", ["منتج جيد جدا"]],
    ["windows-874", ["สินค้าดีมาก"]],
    ["windows-1257", ["Deja, kokybė prasta", "sulūžo po savaitės, ačiū"]],
    ["euc-kr", ["좋아요", "싫어요"]],
    ["koi8-r", ["хорошо"]],
  ] as const)("is refused when it is as short as this: %s", async (encoding, texts) => {
    const found = await read({ "a.csv": encodedText(table(texts), encoding) });
    expect(found).toMatchObject({ ok: false, problem: { kind: "input/unreadable:encoding" } });
  });

  it.each([
    ["Köln", "München"],
    ["10 °C", "5 €"],
    ["José"],
    ["it’s “great”"],
    ["ÄÖÜ", "Straße"],
    ["½ cup", "5 µm"],
    ["café 5 €"],
    ["« où »", "è 20 °C", "più 3 %…"],
    ["Þetta er gott", "það líka"],
  ])("is read when it is as short as this, in Windows-1252: %s", async (...texts) => {
    expect(await keptTexts({ "a.csv": encodedText(table(texts), "windows-1252") })).toEqual(texts);
  });

  it("is refused in JSON lines, also in Windows-1252: JSON is UTF-8", async () => {
    const refused = async (text: string, encoding: string, likely: string) => {
      const found = await read({ "a.jsonl": encodedText(lines([text, "plain"]), encoding) });
      expect(found).toMatchObject({ ok: false, problem: { kind: "input/unreadable:encoding", params: { likely } } });
    };
    await refused("очень хороший товар", "windows-1251", "windows-1251");
    await refused("schöne Grüße", "windows-1252", "windows-1252");
    const beside = { "a.csv": "text,x\nplain,1\n", "b.jsonl": encodedText(lines(["очень хорошо"]), "windows-1251") };
    expect(await keptTexts(beside)).toEqual([
      "input/unreadable:encoding",
      expect.objectContaining({ file: "b.jsonl" }),
    ]);
  });

  it("refuses no file for a column that nobody uses", async () => {
    const found = await read({ "a.csv": encodedText("text,x,other\na,1,слово за словом\n", "windows-1251") });
    expect(found).toMatchObject({ ok: true, items: [{ values: [1], keep: ["a"] }] });
  });

  it("fails its own rows when other files show what is read", async () => {
    const found = await keptTexts({
      "a.csv": table(["süß"]),
      "b.csv": encodedText(table(["нормально", "plain"]), "windows-1251"),
      "c.csv": encodedText(table(["süß", "plain"]), "windows-1252"),
    });
    expect(found).toEqual(["süß", [1, "file-encoding"], "plain", "süß", "plain"]);
  });
});
