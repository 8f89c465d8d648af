import type { CsvDialect } from "./csv.ts";
import { dataKind } from "./data-kinds.ts";
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
  const kind = dataKind(beginning);
  if (kind !== null) return { code: "file-unreadable", message: `The file is ${kind}, and no text.` };
  return beginning.includes(0) ? mostlyNul(beginning) : null;
}

/** Of text in one of the encodings that are read some bytes may be NUL, where something went wrong, but never a quarter of them. */
function mostlyNul(beginning: Uint8Array): { readonly code: ItemErrorCode; readonly message: string } | null {
  let [even, odd] = [0, 0];
  for (let at = 0; at < beginning.length; at++) {
    if (beginning[at] !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  if ((even + odd) * 4 < beginning.length) return null;
  const isUtf16 = Math.min(even, odd) * 10 < Math.max(even, odd);
  return isUtf16
    ? {
        code: "file-encoding",
        message: `The file looks like UTF-16 text without a byte order mark; name it in scorer.yml (input.encoding: ${odd > even ? "utf-16le" : "utf-16be"}), or save the file as UTF-8.`,
      }
    : { code: "file-encoding", message: "The file holds NUL bytes all over: it is no text." };
}

/** How sentences call an encoding of the input. */
export function encodingName(encoding: CsvDialect["encoding"]): string {
  return encoding === "utf-8" ? "UTF-8" : "Windows-1252";
}
