import { createHash } from "node:crypto";
import type { ItemFolder } from "../../../electron/contract/nouns/scorers/item-files.ts";
import type { ItemPlace } from "../prepared-output.ts";

/*
 * The names of item files: like those of the input, as far as every file system takes them. Names come from
 * strangers, and so does the model's output; what some system does not take is written as %XX, and different names stay different.
 */

/** Bytes of UTF-8 that one part of a path may have, so that a row's number and an ending still fit behind it. */
const maxPartBytes = 220;
const keptBytes = 180;
const maxPathBytes = 800;
const hashDigits = 32;

/** What Windows or a shell stumbles over in a name, and `%`, which begins what stands for it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unsafe = /[\x00-\x1f\x7f<>:"|?*\\/%]/g;
/** Names that Windows keeps for devices, whatever their ending. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\s*(?:\.|$))/i;
/** How a name that was cut ends. */
const cutMark = /~(?=[0-9a-f]{32}$)/;

/** The path of one file, relative to the output folder, with `/`. `ending` has its dot. */
export function itemFilePath(folder: ItemFolder, output: string, { file, row }: ItemPlace, ending: string): string {
  const whole = file.split("/").map(safePart).join("/");
  const name = Buffer.byteLength(whole) <= maxPathBytes ? whole : `~${hashOf(file)}`;
  const place = row === null ? "" : `#${row}`;
  return `${folder}/${safePart(output)}/${name}${place}${ending}`;
}

/** One part of a path as a name that stays in its folder, everywhere. */
function safePart(part: string): string {
  const written = part
    .replace(unsafe, percent)
    .replace(/^(?:\.|$)/, (dot) => (dot === "" ? "%" : percent(dot)))
    .replace(/[. ]$/, percent)
    .replace(device, (name) => percent(name.charAt(0)) + name.slice(1))
    .replace(cutMark, percent);
  return Buffer.byteLength(written) <= maxPartBytes ? written : `${beginning(written)}~${hashOf(part)}`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function beginning(text: string): string {
  let bytes = 0;
  let kept = "";
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > keptBytes) break;
    kept += character;
  }
  return kept;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, hashDigits);
}
