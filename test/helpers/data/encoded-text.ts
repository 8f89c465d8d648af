import { createMultibyteEncoder } from "@exodus/bytes/multi-byte.js";
import { createSinglebyteEncoder } from "@exodus/bytes/single-byte.js";
import fs from "node:fs";
import path from "node:path";

const multiByte: readonly string[] = ["gbk", "gb18030", "big5", "euc-jp", "euc-kr", "shift_jis", "iso-2022-jp"];

/** Text in an encoding of the Encoding Standard, by its name. Throws on what it has no bytes for. */
export function encodedText(text: string, encoding: string): Buffer {
  if (encoding === "utf-8") return Buffer.from(text);
  if (encoding === "utf-16le") return Buffer.from(text, "utf16le");
  if (encoding === "utf-16be") return Buffer.from(text, "utf16le").swap16();
  const encode = multiByte.includes(encoding) ? createMultibyteEncoder(encoding) : createSinglebyteEncoder(encoding);
  return Buffer.from(encode(text));
}

/**
 * Sentences that translators wrote: the TypeScript compiler's messages, in a language that it speaks. Without line breaks,
 * quotes and what stands for a value; those that hold only ASCII are left out.
 */
export function sentencesIn(language: string): readonly string[] {
  const file = path.join(
    import.meta.dirname,
    "../../../node_modules/typescript/lib",
    language,
    "diagnosticMessages.generated.json",
  );
  const messages = Object.values(JSON.parse(fs.readFileSync(file, "utf8")) as Readonly<Record<string, string>>);
  const plain = messages.map((message) => message.replaceAll(/["“”„«»\n\r]|\{\d\}/g, "").trim());
  return [...new Set(plain)].filter((message) => /[^\0-\x7f]/.test(message));
}

/** Those of `texts` that an encoding has bytes for. */
export function encodableIn(texts: readonly string[], encoding: string): readonly string[] {
  return texts.filter((text) => {
    try {
      encodedText(text, encoding);
      return true;
    } catch {
      return false;
    }
  });
}
