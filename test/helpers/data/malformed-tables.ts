import { mkdirSync, openSync, closeSync, writeSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { seededRandom } from "../random.ts";

/**
 * Tables that are wrong, odd or cut, all under the columns f0, f1 and t. `good`: how many of its rows must be scored,
 * where that is known from how the file was made.
 */
export type OddTable = { readonly name: string; readonly content: Buffer; readonly good?: number };

const csv = 'f0,f1,t\n1,2,"x"\n3,4,y\r\n5,6,"z\nz"\n7,8,"w""w"\n';
const json = '{"f0": 1, "f1": 2}\n{"f0": 3.5, "f1": -4, "t": "\\u00e9"}\n\n{"f1": 6, "f0": 5}';

export function oddTables(parquet: Buffer): readonly OddTable[] {
  return [...named(), ...mutants("csv", csv), ...mutants("jsonl", json), ...randomTables(), ...cutParquet(parquet)];
}

function named(): OddTable[] {
  const table = (name: string, content: string | Buffer, good?: number): OddTable => ({
    name: `named/${name}`,
    content: Buffer.from(content),
    ...(good === undefined ? {} : { good }),
  });
  const wide = Array.from({ length: 20_000 }, (_, index) => `c${index}`).join(",");
  const mark = Buffer.from([0xef, 0xbb, 0xbf]);
  return [
    table("empty.csv", "", 0),
    table("empty.jsonl", "", 0),
    table("empty.parquet", "", 0),
    table("mark-only.csv", mark, 0),
    table("mark.csv", Buffer.concat([mark, Buffer.from(csv)]), 4),
    table("two-marks.csv", Buffer.concat([mark, mark, Buffer.from(csv)])),
    table("mark.jsonl", Buffer.concat([mark, Buffer.from(json)]), 3),
    table("utf16-le.csv", Buffer.from(`\ufeff${csv}`, "utf16le"), 4),
    table("utf16-be.csv", Buffer.from(`\ufeff${csv}`, "utf16le").swap16(), 4),
    table("utf16-without-mark.csv", Buffer.from(csv, "utf16le"), 0),
    table("utf16.jsonl", Buffer.from(`\ufeff${json}`, "utf16le"), 3),
    table("utf32.csv", Buffer.from([0xff, 0xfe, 0, 0, 0x66, 0, 0, 0]), 0),
    table("header-only.csv", "f0,f1,t", 0),
    table("header-and-line-end.csv", "f0,f1,t\n", 0),
    table("blank-lines-only.csv", "\n\r\n\n", 0),
    table("blank-lines-only.jsonl", "\n\r\n\n", 0),
    table("blank-lines.csv", "\n\nf0,f1,t\n\n1,2,a\n\r\n\n3,4,b\n\n", 2),
    table("spaces-only.csv", "   ", 0),
    table("one-byte.csv", "f", 0),
    table("carriage-returns.csv", "f0,f1,t\r1,2,a\r3,4,b\r", 0),
    table("carriage-returns-in-rows.csv", "f0,f1,t\n1,2,a\r3,4,b\r5,6,c\n7,8,d\n", 1),
    table("carriage-returns.jsonl", json.replaceAll("\n", "\r"), 0),
    table("mixed-ends.csv", "f0,f1,t\r\n1,2,a\n3,4,b\r\n5,6,c", 3),
    table("return-at-the-end.csv", "f0,f1,t\n1,2,a\r", 1),
    table("no-line-end.csv", "f0,f1,t\n1,2,a", 1),
    table("ragged.csv", "f0,f1,t\n1,2,a\n1,2\n1,2,a,b\n,\n1\n,,,,\n3,4,b\n", 2),
    table("trailing-delimiter.csv", "f0,f1,t,\n1,2,a,\n3,4,b\n", 1),
    table("duplicate-columns.csv", "f0,f0,f1,t\n1,9,2,a\nx,9,2,a\n", 0),
    table("duplicate-columns-unused.csv", "f0,t,f1,t\n1,9,2,a\nx,9,2,a\n", 1),
    table("empty-names.csv", ",,f0,f1\n1,2,3,4\n", 1),
    table("missing-column.csv", "f0,t\n1,a\n2,b\n", 0),
    table("other-case.csv", "F0,F1,T\n1,2,a\n", 0),
    table("blanks-around-names.csv", " f0 ,\tf1, t \n1,2,a\n", 1),
    table("quoted-names.csv", '"f0","f1","t\nt"\n1,2,a\n', 1),
    table("open-header.csv", '"f0,f1,t\n1,2,a\n3,4,b\n', 0),
    table("semicolons.csv", "f0;f1;t\n1;2;a\n", 1),
    table("tabs.tsv", "f0\tf1\tt\n1\t2\ta\n", 1),
    table("commas.tsv", csv, 4),
    table("commas.TXT", csv, 4),
    table("upper.CSV", csv, 4),
    table(
      "specials.csv",
      "f0,f1,t\nNaN,1,a\ninf,1,b\n-Infinity,1,c\n1e999,1,d\n9007199254740993,-9223372036854775809,e\n,1,f\n",
      4,
    ),
    table("formulas.csv", "f0,f1,t\n=1+1,2,a\n@1,2,b\n+1,-2,=c\n", 1),
    table("other-digits.csv", "f0,f1,t\n１,２,a\n٣,٤,b\n1,2,c\n", 1),
    table("quoted-delimiters.csv", 'f0,f1,t\n"1","2","a,b"\n1,2,"a""b"\n"1 ",2,""\n1,2,"\n\n\n"\n', 4),
    table("quotes-inside.csv", 'f0,f1,t\n1,2,a"b\n1,2,a"b"\n1"",2,c\n', 2),
    table("text-after-quote.csv", 'f0,f1,t\n1,2,"a"b\n1,2,"a" \n3,4,c\n', 1),
    table("open-quote-at-the-end.csv", 'f0,f1,t\n1,2,a\n3,4,"b', 1),
    table("only-quotes.csv", 'f0,f1,t\n"\n""\n"""\n""""\n'),
    table("long-quoted-cell.csv", `f0,f1,t\n1,2,"${`${"line ".repeat(10)}\n`.repeat(25_000)}"\n3,4,b\n`, 2),
    table("quoted-of-megabytes.csv", `f0,f1,t\n1,2,"${`${"a".repeat(99)}\n`.repeat(60_000)}"\n3,4,b\n`, 2),
    table("open-quote-of-megabytes.csv", `f0,f1,t\n1,2,"a\n${`3,4,${"a".repeat(2000)}\n`.repeat(3000)}`, 3000),
    table("nul-early.csv", "f0,f1,t\n1,2,a\0\n3,\0,b\n\0\n5,6,c\n", 2),
    table("nul-late.csv", `f0,f1,t\n${"1,2,a\n".repeat(20_000)}1,2\0,b\n1,2,b\0\n`, 20_001),
    table("nul.jsonl", '{"f0": 1, "f1": 2, "t": "\0"}\n', 0),
    table("not-utf8.csv", Buffer.concat([Buffer.from("f0,f1,t\n1,2,"), Buffer.from([0xe9, 0xff, 0x0a])]), 1),
    table(
      "not-utf8-header.csv",
      Buffer.concat([Buffer.from("f0,f1,"), Buffer.from([0xe9]), Buffer.from("\n1,2,a\n")]),
      1,
    ),
    table("wide-header.csv", `f0,f1,${wide}\n1,2\n`, 0),
    table("wide-rows.csv", `f0,f1,${wide}\n${`1,2${",".repeat(20_000)}\n`.repeat(3)}`, 3),
    table("wide-row.csv", `f0,f1\n1,2\n${"1,".repeat(500_000)}1\n3,4\n`, 2),
    table("html.csv", "<!DOCTYPE html>\n<html><body>404, not found</body></html>\n", 0),
    table("compressed.csv", gzipSync(Buffer.from(csv)), 0),
    table("compressed-and-cut.csv", gzipSync(Buffer.from(csv)).subarray(0, 20)),
    table("a-table.parquet", csv, 0),
    table("magic-only.parquet", "PAR1", 0),
    table("magic-twice.parquet", "PAR1PAR1", 0),
    table(
      "long-footer.parquet",
      Buffer.concat([Buffer.from("PAR1"), Buffer.from("ffffff7f", "hex"), Buffer.from("PAR1")]),
      0,
    ),
    table("list.jsonl", "[1, 2]\n[]\n", 0),
    table("scalars.jsonl", '1\n"f0"\nnull\ntrue\n', 0),
    table("one-document.jsonl", `[\n{"f0": 1, "f1": 2},\n{"f0": 3, "f1": 4}\n]\n`, 1),
    table(
      "nested.jsonl",
      '{"f0": {"f0": 1}, "f1": 2}\n{"f0": [1], "f1": 2}\n{"f0": 1, "f1": 2, "t": {"a": [1, {"b": 2}]}}\n',
      1,
    ),
    table("deep.jsonl", `{"f0": 1, "f1": 2, "t": ${"[".repeat(100_000)}${"]".repeat(100_000)}}\n{"f0": 1, "f1": 2}\n`),
    table("open-brackets.jsonl", `{"f0": 1, "f1": 2, "t": ${"[".repeat(100_000)}\n{"f0": 1, "f1": 2}\n`, 1),
    table("duplicate-keys.jsonl", '{"f0": "x", "f0": 1, "f1": 2}\n{"f0": 1, "f0": "x", "f1": 2}\n', 1),
    table("missing-keys.jsonl", '{}\n{"f0": 1}\n{"f0": 1, "f1": null}\n{"f0": 1, "f1": ""}\n', 0),
    table(
      "not-json-numbers.jsonl",
      '{"f0": NaN, "f1": 1}\n{"f0": 01, "f1": 1}\n{"f0": +1, "f1": 1}\n{"f0": .5, "f1": 1}\n{"f0": 1e5, "f1": 1}\n',
      1,
    ),
    table("texts-for-numbers.jsonl", '{"f0": "1", "f1": " 2 "}\n{"f0": true, "f1": 1}\n', 2),
    table("comments.jsonl", '// two\n{"f0": 1, "f1": 2} // one\n{"f0": 1, "f1": 2,}\n', 0),
    table(
      "escapes.jsonl",
      '{"f0": 1, "f1": 2, "t": "\\ud800"}\n{"f0": 1, "f1": 2, "t": "\\x"}\n{"\\u0066\\u0030": 1, "f1": 2}\n',
    ),
    table(
      "many-keys.jsonl",
      `{${Array.from({ length: 20_000 }, (_, index) => `"k${index}": ${index}`).join(", ")}, "f0": 1, "f1": 2}\n`,
      1,
    ),
    table("proto.jsonl", '{"__proto__": 1, "constructor": 2, "f0": 1, "f1": 2}\n', 1),
  ];
}

/** A small good file with each of its bytes lost, doubled with a quote, replaced, or the last one that is there. */
function mutants(ending: string, good: string): OddTable[] {
  const bytes = Buffer.from(good);
  const found: OddTable[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const before = bytes.subarray(0, at);
    const rest = bytes.subarray(at);
    const variants: readonly (readonly [string, Buffer])[] = [
      ["cut", before],
      ["lost", Buffer.concat([before, rest.subarray(1)])],
      ["quote", Buffer.concat([before, Buffer.from('"'), rest])],
      ["line-end", Buffer.concat([before, Buffer.from("\n"), rest])],
      ["return", Buffer.concat([before, Buffer.from("\r"), rest.subarray(1)])],
      ["nul", Buffer.concat([before, Buffer.from([0]), rest.subarray(1)])],
      ["byte", Buffer.concat([before, Buffer.from([0xff]), rest.subarray(1)])],
    ];
    for (const [name, content] of variants) found.push({ name: `${name}-${ending}/at-${at}.${ending}`, content });
  }
  return found;
}

/** Tables of the characters that matter, in any order. */
function randomTables(): OddTable[] {
  const pieces = ['"', '"', ",", "\n", "\r\n", "\r", "1", "2.5", "a", " ", '""', "\n\n", "é", "1,2,x\n"];
  return Array.from({ length: 120 }, (_, seed) => {
    const random = seededRandom(seed + 1);
    const length = 5 + Math.floor(random() * 120);
    const text = Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join("");
    return { name: `random/seed-${seed}.csv`, content: Buffer.from(`f0,f1,t\n${text}`) };
  });
}

/** A Parquet file that ends early, or has a byte changed in its footer. */
function cutParquet(whole: Buffer): OddTable[] {
  const cuts = Array.from({ length: 20 }, (_, index) => Math.floor((whole.length * index) / 20)).slice(1);
  const cut = cuts.map((length) => ({
    name: `parquet/cut-${length}.parquet`,
    content: whole.subarray(0, length),
    good: 0,
  }));
  return [{ name: "parquet/whole.parquet", content: whole, good: 10 }, ...cut];
}

export function writeOddTables(folder: string, tables: readonly OddTable[]): void {
  for (const { name, content } of tables) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

/** Three rows, of which the second is one line of 50 MB. */
export function writeLongLine(file: string): void {
  const opened = openSync(file, "w");
  writeSync(opened, "f0,f1,t\n1,2,a\n3,4,");
  const block = Buffer.alloc(1024 * 1024, "long line ");
  for (let written = 0; written < 50; written++) writeSync(opened, block);
  writeSync(opened, "\n5,6,b\n");
  closeSync(opened);
}
