import { isAscii, isUtf8 } from "node:buffer";
import type { CsvDialect } from "../../../electron/contract/tables/csv.ts";
import { byteOrderMarkLength, decodeText } from "../../../electron/contract/tables/csv.ts";
import { encodingName, notText } from "../../../electron/contract/tables/text-encoding.ts";
import { textStart } from "../../../electron/contract/tables/text-start.ts";
import { isWindows1252 } from "../../../electron/contract/tables/windows-1252.ts";
import type { PartProblem } from "../block.ts";

/** As much as tables are looked at before they are read. */
const beginningBytes = 64 * 1024;

const empty: PartProblem = { stage: "read", code: "file-empty", message: "The file is empty." };
/** ONNX Runtime would take the text up to the NUL. */
const withNul: PartProblem = {
  stage: "read",
  code: "text-encoding",
  message: "The file holds NUL bytes, which no text has.",
};

/** A whole file as text, without its byte order mark; a problem when it is none in the encoding of the input. */
export function textOfFile(bytes: Buffer, encoding: CsvDialect["encoding"]): string | PartProblem {
  const marked = textStart(bytes, null);
  if (marked !== null) return textFromUtf16(bytes.subarray(marked.markLength), marked.encoding);
  const mark = byteOrderMarkLength(bytes);
  const content = bytes.subarray(mark);
  if (content.length === 0) return empty;
  const problem = notText(bytes.subarray(0, beginningBytes));
  if (problem !== null) return { stage: "read", ...problem };
  if (content.includes(0)) return withNul;
  if (isAscii(content)) return content.toString("latin1");
  const expected = mark > 0 ? "utf-8" : encoding;
  // Hardly any Windows-1252 text beyond ASCII is valid UTF-8: one that is comes from a file of the other encoding.
  const isExpected = expected === "utf-8" ? isUtf8(content) : !isUtf8(content) && isWindows1252(content);
  if (isExpected) return decodeText(content, expected);
  return { stage: "read", code: "text-encoding", message: `The file is not ${encodingName(expected)} text.` };
}

function textFromUtf16(bytes: Buffer, encoding: string): string | PartProblem {
  if (bytes.length === 0) return empty;
  const isWhole = bytes.length % 2 === 0;
  const text = (isWhole && encoding === "utf-16be" ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
  if (text.includes("\0")) return withNul;
  if (isWhole && text.isWellFormed()) return text;
  return { stage: "read", code: "text-encoding", message: "The file is not UTF-16 text, as its byte order mark says." };
}
