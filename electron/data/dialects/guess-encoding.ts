import { isWindows1252, textFromWindows1252 } from "../../contract/tables/windows-1252.ts";
import type { Checked, FileProblem } from "../table-file.ts";
import { shortened } from "./table-sample.ts";

/** What text that is not UTF-8 is in. `likely` is a name of the Encoding Standard, and how it reads the first such line. */
export type EncodingGuess =
  | { readonly isWindows1252: true }
  | { readonly isWindows1252: false; readonly likely: string | null; readonly text: string | null };

/** What a text is called for as long as the detector that has to judge it is not loaded: `onceDecided` looks again. */
export const undecided: FileProblem = { code: "file-encoding", message: "The encoding of the file is not known." };

export function isUndecided(checked: Checked<unknown>): boolean {
  return !checked.ok && checked.problem === undecided;
}

type Encodings = typeof import("../encodings.ts");
let encodings: Encodings | null = null;

/** Looks, and once more when the detector had to be loaded for it. */
export async function onceDecided<Value>(look: () => Checked<Value>): Promise<Checked<Value>> {
  const looked = look();
  if (!isUndecided(looked)) return looked;
  encodings ??= await import("../encodings.ts");
  return look();
}

/** Judged by so many bytes of the lines that are not ASCII. */
const judgedBytes = 8 * 1024;
/** Windows-1252 is plausible when the detector gives it so much of its confidence in the likeliest encoding. */
const fairShare = 0.5;
/** Where the likeliest has less confidence than a single word may give it (of 1), this share is enough. */
const weakConfidence = 0.08;
const weakShare = 0.1;
/** The same where there are fewer letters beyond ASCII: of two or three the detector makes what it likes. */
const fewLetters = 4;

/**
 * Judges the beginning of a text that is not UTF-8. Windows-1252 is plausible when all its bytes stand for something, its words
 * look like words, and the detector finds no other encoding far likelier; text whose only characters beyond ASCII are
 * signs such as € and ° is alike in the others. Null: the detector is not loaded.
 */
export function guessEncoding(beginning: Uint8Array): EncodingGuess | null {
  const lines = linesBeyondAscii(beginning);
  const text = textFromWindows1252(lines);
  const isPossible = isWindows1252(beginning);
  const letters = lettersBeyondAscii(text);
  if (isPossible && letters === 0) return { isWindows1252: true };
  if (encodings === null) return null;
  const { detectEncodings, encodingOfLabel, decodedText } = encodings;
  const found = detectEncodings(withoutSigns(lines, text)).map(({ encoding, confidence }) => ({
    confidence,
    isWestern: westernNames.includes(encoding ?? ""),
    name: encodingOfLabel(labels[encoding ?? ""] ?? encoding ?? ""),
  }));
  // Encodings that the standard lacks are those of DOS, which the detector sees in signs of every kind.
  const best = found.find(({ name }) => name !== null)?.confidence ?? 0;
  const western = found.find(({ isWestern }) => isWestern)?.confidence ?? 0;
  const saysLittle = best < weakConfidence || letters < fewLetters;
  const isLikely = western >= (saysLittle ? weakShare : fairShare) * best;
  if (isPossible && isLikely && !isStrange(text)) return { isWindows1252: true };
  // Named only when it is about as likely as the first of all.
  const least = 0.9 * (found[0]?.confidence ?? 0);
  const likely = found.find(({ name, isWestern, confidence }) => name !== null && !isWestern && confidence >= least);
  const name = likely?.name ?? null;
  return { isWindows1252: false, likely: name, text: name === null ? null : firstLine(decodedText(lines, name)) };
}

/** What the detector calls Windows-1252 and the parts of it. */
const westernNames: readonly string[] = ["cp1252", "iso8859-1", "iso8859-15"];

/** The detector's names that are no labels of the Encoding Standard, which has those encodings under others. */
const labels: Readonly<Record<string, string>> = {
  big5hkscs: "big5",
  cp874: "windows-874",
  cp932: "shift_jis",
  cp949: "euc-kr",
  euc_jis_2004: "euc-jp",
  euc_kr: "euc-kr",
  iso2022_jp_2: "iso-2022-jp",
  "mac-roman": "macintosh",
  shift_jis_2004: "shift_jis",
};

function linesBeyondAscii(beginning: Uint8Array): Uint8Array {
  const lines: Uint8Array[] = [];
  let taken = 0;
  for (let start = 0; start < beginning.length && taken < judgedBytes; ) {
    const lineFeed = beginning.indexOf(10, start);
    const end = lineFeed === -1 ? beginning.length : lineFeed + 1;
    const line = beginning.subarray(start, Math.min(end, start + judgedBytes));
    if (line.some((byte) => byte >= 0x80)) {
      lines.push(line);
      taken += line.length;
    }
    start = end;
  }
  return Buffer.concat(lines);
}

/** `ª`, `º` and `µ` are signs. */
const letterBeyondAscii = /(?![\0-\x7fªºµ])\p{L}/u;

function lettersBeyondAscii(text: string): number {
  let letters = 0;
  for (const character of text) if (letterBeyondAscii.test(character)) letters += 1;
  return letters;
}

/**
 * The same with spaces for signs that stand alone, as in `5 €` and `« où »`: in other encodings they are letters, and the
 * detector takes them for such. `text` has a character for each byte.
 */
function withoutSigns(lines: Uint8Array, text: string): Uint8Array {
  const bytes = Uint8Array.from(lines);
  const isLetter = (at: number) => /\p{L}/u.test(text[at] ?? "");
  for (let start = 0; start < text.length; ) {
    let end = start;
    while (end < text.length && (bytes[end] as number) >= 0x80 && !letterBeyondAscii.test(text[end] ?? "")) end += 1;
    if (end > start && !isLetter(start - 1) && !isLetter(end)) bytes.fill(0x20, start, end);
    start = end + 1;
  }
  return bytes;
}

/** Whether a third of the words beyond ASCII have what no word of western Europe has. */
function isStrange(text: string): boolean {
  const words = (text.match(/[\p{L}\p{M}\u00a1-\u00bf×÷]+/gu) ?? []).filter((word) => /[^\0-\x7f]/.test(word));
  const strange = words.filter((word) => strangeParts.some((part) => part.test(word)));
  return strange.length * 3 >= words.length && strange.length > 0;
}

const strangeParts: readonly RegExp[] = [
  // Four letters with accents in a row.
  /[À-ÖØ-öø-ÿŒœŠšŽžŸƒ]{4}/u,
  // A capital after a small letter, if an accent is about: `ódŸ`.
  /\p{Ll}(?![A-Z])\p{Lu}|[ß-öø-ÿ]\p{Lu}/u,
  // A sign within a word, or a currency before one.
  /\p{L}[¡-©«-±´¶-¹»-¿×÷]+\p{L}/u,
  /[£¥¤¦§¨]\p{L}/u,
];

function firstLine(text: string): string {
  const [line = ""] = text.split(/\r?\n/);
  return shortened(line.trim());
}
