import { isAscii, isUtf8 } from "node:buffer";
import type { CsvDialect } from "../../../electron/contract/tables/csv.ts";
import { byteOrderMarkLength, decodeText } from "../../../electron/contract/tables/csv.ts";
import { encodingName, notText } from "../../../electron/contract/tables/text-encoding.ts";
import { isWindows1252 } from "../../../electron/contract/tables/windows-1252.ts";
import type { PartProblem } from "../block.ts";

/** As much as tables are looked at before they are read. */
const beginningBytes = 64 * 1024;

/** A whole file as text, without its byte order mark; a problem when it is none in the encoding of the input. */
export function textOfFile(bytes: Buffer, encoding: CsvDialect["encoding"]): string | PartProblem {
  const mark = byteOrderMarkLength(bytes);
  const content = bytes.subarray(mark);
  if (content.length === 0) return { stage: "read", code: "file-empty", message: "The file is empty." };
  const problem = notText(bytes.subarray(0, beginningBytes));
  if (problem !== null) return { stage: "read", ...problem };
  // ONNX Runtime would take the text up to there.
  if (content.includes(0)) {
    return { stage: "read", code: "text-encoding", message: "The file holds NUL bytes, which no text has." };
  }
  if (isAscii(content)) return content.toString("latin1");
  const expected = mark > 0 ? "utf-8" : encoding;
  // Hardly any Windows-1252 text beyond ASCII is valid UTF-8: one that is comes from a file of the other encoding.
  const isExpected = expected === "utf-8" ? isUtf8(content) : !isUtf8(content) && isWindows1252(content);
  if (isExpected) return decodeText(content, expected);
  return { stage: "read", code: "text-encoding", message: `The file is not ${encodingName(expected)} text.` };
}
