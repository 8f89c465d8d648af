import path from "node:path";
import { describe, expect, it } from "vitest";
import { defaultDialect } from "../../../electron/contract/tables/csv.ts";
import { listInput } from "../../../electron/data/listing/listing.ts";
import { planParts, type ReadItem, readInput, writeFiles } from "../../helpers/data/read-input.ts";
import { scorerOf } from "../../helpers/data/tabular-reading.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Each delimited file of a folder is read as what it is, and what stands before its header is known. */
const root = temporaryFolder("file-dialects");
let folders = 0;

const scorer = scorerOf([{ type: "float32", columns: ["x", "y"] }], { keep: ["text"] });

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  folders += 1;
  const folder = path.join(root, String(folders));
  writeFiles(folder, files);
  return folder;
}

/** File, numbers and text of the rows; file, row and code of what failed. */
async function shown(files: Readonly<Record<string, string | Buffer>>, wish = {}): Promise<unknown[]> {
  const found = await readInput(folderOf(files), scorer, wish);
  if (!found.ok) return [found.problem.code, found.problem.kind, found.problem.params];
  expect(found.counted).toBe(found.items.length);
  return found.items.map(({ file, row, values, keep, code }: ReadItem) =>
    code === undefined ? [file, ...(values ?? []), ...(keep ?? [])] : [file, row, code],
  );
}

const windows1252 = (text: string): Buffer => Buffer.from(text, "latin1");

describe("a folder of delimited files", () => {
  it("has each read by its own separator, decimal mark and encoding", async () => {
    const found = await shown({
      "a.csv": "text,x,y\nplain,1.5,2\n",
      "b.csv": windows1252("text;x;y\nsüß;1,5;2\nfern;2,25;3\n"),
      "c.tsv": "text\tx\ty\nein, zwei\t1.5\t2\n",
      "d.csv": "x|y|text\n1.25|2|é; ,\n",
      "e.csv": "text;x;y\npoint;1.5;2\n",
      "f.txt": 'y,x,text\n1,2,"a;b;c;d"\n',
    });
    expect(found).toEqual([
      ["a.csv", 1.5, 2, "plain"],
      ["b.csv", 1.5, 2, "süß"],
      ["b.csv", 2.25, 3, "fern"],
      ["c.tsv", 1.5, 2, "ein, zwei"],
      ["d.csv", 1.25, 2, "é; ,"],
      ["e.csv", 1.5, 2, "point"],
      ["f.txt", 2, 1, "a;b;c;d"],
    ]);
  });

  it("has a file whose rows say little read as its header does", async () => {
    const found = await shown({
      "a.csv": "text,x,y\nplain,1,2\n",
      "b.csv": "text,x,y\na;b;c;d,1,2\n",
      "c.csv": "text,x,y\n",
      "d.csv": 'text,x,y\n"1;2",1;2,1;2\n1;2;3,x,y\n',
    });
    expect(found).toEqual([
      ["a.csv", 1, 2, "plain"],
      ["b.csv", 1, 2, "a;b;c;d"],
      ["d.csv", 1, "cell-not-a-number"],
      ["d.csv", 2, "cell-not-a-number"],
    ]);
  });

  it("leaves what does not show in a file to the first one: its encoding, its decimal mark", async () => {
    const late = `text;x;y\n${"plain;1;2\n".repeat(8000)}`;
    const found = await shown({
      "a.csv": windows1252("text;x;y\nsüß;1,5;2\n"),
      "b.csv": windows1252(`${late}süß;2,5;3\n`),
    });
    expect(found.at(-1)).toEqual(["b.csv", 2.5, 3, "süß"]);
  });

  it("is read in one dialect in a job of an earlier version, as that job began", async () => {
    const files = { "a.csv": "text,x,y\nplain,1.5,2\n", "b.csv": "text;x;y\nother;1.5;2\n" };
    const found = await shown(files, { scope: "job" });
    expect(found).toEqual([
      ["a.csv", 1.5, 2, "plain"],
      ["b.csv", 1, "column-missing"],
    ]);
  });

  it("is cut alike by a plan that goes on in the middle of any file, by what the file was first cut with", async () => {
    const rows = (line: string): string => line.repeat(300);
    const folder = folderOf({
      "a.csv": `text,x,y\n${rows("a,1,2\n")}`,
      "b.csv": `# first\n# second\ntext;x;y\n${rows("b;1,5;2\n")}`,
      "c.csv": `sep=|\ntext|x|y\n${rows("c|1|2\n")}`,
    });
    const input = { path: folder, kind: "folder" as const, recursive: true };
    const listed = await listInput(input, "table-rows", () => undefined);
    if (!listed.ok) throw new Error("not listed");
    const dialects = { dialect: defaultDialect, table: scorer };
    const whole = await planParts(input, dialects, listed.value.files, { sliceBytes: 400 });
    expect(whole.length).toBeGreaterThan(10);
    for (const [index, last] of whole.entries()) {
      const { file, end, firstRow, items, dialect } = last;
      const after = { file, end, nextRow: firstRow + items, dialect };
      // The dialect is that of the part before: what the file shows by now is not asked again.
      const rest = await planParts(
        input,
        dialects,
        listed.value.files,
        { sliceBytes: 400 },
        { nextMiniBatch: 1, after },
      );
      expect(rest).toEqual(whole.slice(index + 1));
    }
  });
});

describe("what stands before a header", () => {
  it.each([
    ["a line sep=;", "sep=;\r\ntext;x;y\r\na;1,5;2\r\n"],
    ["a line sep=, behind a byte order mark", "\ufeffsep=,\ntext,x,y\na,1.5,2\n"],
    ["a quoted line sep=", '"sep=|"\ntext|x|y\na|1.5|2\n'],
    ["a tab", "sep=\t\ntext\tx\ty\na\t1.5\t2\n"],
    ["a separator that the rows would not show", 'sep=;\ntext;x;y\n"a";1,5;2\n'],
    ["comments", "# made by hand\n# on a Monday, in Rome; at noon\ntext,x,y\na,1.5,2\n"],
    ["comments and blank lines", "\n# one\n\n#\n# text,x\n\r\ntext,x,y\na,1.5,2\n"],
    ["a comment with as many cells as the header", "# a, b, c\ntext,x,y\na,1.5,2\n"],
    ["comments that hold quotes", '# 5" and "more\n#"\ntext,x,y\na,1.5,2\n'],
    ["a line sep= and comments", "sep=;\n# a,b\ntext;x;y\na;1.5;2\n"],
    ["line ends of two carriage returns", "text,x,y\r\r\na,1.5,2\r\r\n"],
    ["line ends of two carriage returns, and quotes", '"text","x","y"\r\r\n"a","1.5","2"\r\r\n'],
    ["comments with line ends of two carriage returns", "# one\r\r\ntext,x,y\r\r\na,1.5,2\r\r\n"],
  ])("is passed over: %s", async (_what, content) => {
    const found = await shown({ "t.csv": content });
    expect(found).toEqual([["t.csv", 1.5, 2, "a"]]);
  });

  it("counts lines of two carriage returns once, wherever they stand", async () => {
    const found = await shown({ "t.csv": 'text,x,y\na,1,2\r\r\n\r\r\nb,3,4\r\nc,5,6\n"d\r\r\ne",7,8\r\r\r\n' });
    expect(found).toEqual([
      ["t.csv", 1, 2, "a"],
      ["t.csv", 3, 4, "b"],
      ["t.csv", 5, 6, "c"],
      ["t.csv", 7, 8, "d\r\r\ne"],
    ]);
  });

  it.each([
    ["begins with a name after the sign", "#id,x,y\nseven,1,2\n", "#id"],
    ["has numbers below it", "# id,x,y\n7,1,2\n", "# id"],
    ["is a sign alone", "#,x,y\n7,1,2\n", "#"],
  ])("is the header itself when it %s", async (_what, content, column) => {
    const found = await readInput(folderOf({ "t.csv": content }), { ...scorer, keep: [column] });
    expect(found.ok && found.items.map(({ values }) => values)).toEqual([[1, 2]]);
  });

  it("is no comment in a row", async () => {
    const found = await shown({ "t.csv": "text,x,y\n# a,1,2\n# gone\n" });
    expect(found).toEqual([
      ["t.csv", 1, 2, "# a"],
      ["t.csv", 2, "row-ragged"],
    ]);
  });

  it("names a separator that is not read", async () => {
    const found = await shown({ "a.csv": "text,x,y\na,1,2\n", "b.csv": "sep=:\ntext:x:y\na:1:2\n" });
    expect(found).toEqual([
      ["a.csv", 1, 2, "a"],
      ["b.csv", null, "file-unreadable"],
    ]);
  });

  it("says truly that lines end in a carriage return alone", async () => {
    const found = await shown({ "a.csv": "text,x,y\na,1,2\n", "b.csv": "text,x,y\ra,1,2\r\nb,3,4\n" });
    expect(found.at(-1)).toEqual(["b.csv", null, "file-unreadable"]);
  });
});
