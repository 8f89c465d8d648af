import type { CsvDialect } from "./csv.ts";
import type { ItemErrorCode } from "../item-error.ts";

/** Why the beginning of a file shows that it is not text in any encoding that is read; null when it may be. */
export function notText(beginning: Uint8Array): { readonly code: ItemErrorCode; readonly message: string } | null {
  const [first, second, third, fourth] = beginning;
  const isUtf32 =
    (first === 0xff && second === 0xfe && third === 0 && fourth === 0) ||
    (first === 0 && second === 0 && third === 0xfe && fourth === 0xff);
  if (isUtf32 || (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    const name = isUtf32 ? "UTF-32" : "UTF-16";
    return { code: "file-encoding", message: `The file is ${name} text; save it as UTF-8.` };
  }
  if (beginning.includes(0)) {
    return { code: "file-encoding", message: "The file holds NUL bytes: it is not UTF-8 text." };
  }
  return null;
}

/** How sentences call an encoding of the input. */
export function encodingName(encoding: CsvDialect["encoding"]): string {
  return encoding === "utf-8" ? "UTF-8" : "Windows-1252";
}
