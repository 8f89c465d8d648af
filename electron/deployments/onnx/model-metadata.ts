import { parseDocument } from "yaml";
import * as z from "zod";
import { type ModelMetadata, modelMetadataSchema } from "../../contract/signature.ts";

/** Keys under which exporters write the names of classes, the most usual first. */
const classKeys = ["names", "classes", "labels"] as const;
const pixelFormatKey = "Image.BitmapPixelFormat";
const gammaKey = "Image.ColorSpaceGamma";
const pixelRangeKey = "Image.NominalPixelRange";
const readKeys: ReadonlySet<string> = new Set([pixelFormatKey, gammaKey, pixelRangeKey, ...classKeys]);

const mostClasses = 100_000;
const className = z.union([z.string(), z.number().transform(String)]);

/** Whether a key of the metadata means something here; all others are passed over. */
export function isReadMetadata(key: string): boolean {
  return readKeys.has(key);
}

/**
 * What the metadata of a model says, by key, in our words; undefined when it says nothing. A value that is none of its key's
 * is passed over: it is a hint, and anybody may have written it.
 */
export function readMetadata(metadata: Readonly<Record<string, string>>): ModelMetadata | undefined {
  const { pixelFormat, gamma, pixelRange } = modelMetadataSchema.shape;
  const classNames = classKeys.map((key) => readClassNames(metadata[key] ?? "")).find((names) => names !== null);
  const read = {
    ...known("pixelFormat", pixelFormat.safeParse(metadata[pixelFormatKey])),
    ...known("gamma", gamma.safeParse(metadata[gammaKey])),
    ...known("pixelRange", pixelRange.safeParse(metadata[pixelRangeKey])),
    ...(classNames === undefined ? {} : { classNames }),
  };
  return Object.keys(read).length === 0 ? undefined : modelMetadataSchema.parse(read);
}

function known(name: string, parsed: z.ZodSafeParseResult<string | undefined>): Readonly<Record<string, string>> {
  return parsed.success && parsed.data !== undefined ? { [name]: parsed.data } : {};
}

/**
 * Names by number: a list or a map from numbers in JSON or as Python prints it, such as `{0: 'person', 1: 'bicycle'}`, which is
 * YAML as well; else a name a line, or names between commas. Null when it is none of these.
 */
function readClassNames(text: string): [string, ...string[]] | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const isList = trimmed.startsWith("[") || trimmed.startsWith("{");
  const separator = trimmed.includes("\n") ? /\r?\n/ : ",";
  const names = isList ? namesOfList(trimmed) : trimmed.split(separator).map((name) => name.trim());
  const [first, ...others] = names ?? [];
  return first === undefined || others.length >= mostClasses ? null : [first, ...others];
}

function namesOfList(text: string): readonly string[] | null {
  const value = plainValue(text);
  const list = z.array(className).safeParse(value);
  if (list.success) return list.data;
  const map = z.record(z.string(), className).safeParse(value);
  if (!map.success) return null;
  const names = Object.keys(map.data).map((_, number) => map.data[number]);
  return names.every((name) => name !== undefined) ? names : null;
}

/** Null when the text is neither JSON nor YAML that stands for itself: an alias could stand for any amount of text. */
function plainValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      const document = parseDocument(text, { schema: "core", uniqueKeys: false, logLevel: "silent" });
      return document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 0 });
    } catch {
      // Aliases, or brackets nested too deep.
      return null;
    }
  }
}
