import { failure, type Result, success } from "../../contract/problem.ts";
import { parseYaml, readYamlFile, type YamlFile } from "./read-yaml.ts";
import type { FileCode } from "../../contract/words/english/file-problems.ts";
import { isMap } from "./tidy-settings.ts";

/** What a command line says beside a file, and goes before it. */
export type FileEdits = {
  /** `--set`: path of keys with dots → value. */
  readonly set: Readonly<Record<string, string>>;
  /** Keys that have an option of their own, such as `name`; they go before `set`. Null: not given. */
  readonly options: Readonly<Record<string, string | null>>;
};

export const noEdits: FileEdits = { set: {}, options: {} };

/** Maps of texts whose keys may hold dots: what follows them is one key. */
const textMaps = ["tags", "properties", "environment_variables"];

/** A YAML file, or nothing (`file` null), with what the command line says over it. Problems as `readYamlFile`; usage/invalid. */
export async function readEditedFile(file: string | null, code: FileCode, edits: FileEdits): Promise<Result<YamlFile>> {
  const yaml = file === null ? parseYaml("{}", ".", code) : await readYamlFile(file, code);
  return yaml.ok ? withEdits(yaml.value, edits) : yaml;
}

/**
 * The file as if it had said what the edits say. As in Azure ML, what lies between is made where it is missing, and a
 * reference by a text has no keys. A value that begins as a JSON object or list is one; any other is a text, which the
 * schema takes for what it wants. Problem: usage/invalid.
 */
export function withEdits(yaml: YamlFile, { set, options }: FileEdits): Result<YamlFile> {
  let value: Readonly<Record<string, unknown>> = yaml.value;
  const given = { ...set };
  for (const [key, text] of Object.entries(set)) {
    const changed = withValue(value, keysOf(key), parsedValue(text), key);
    if (!changed.ok) return changed;
    value = changed.value;
  }
  for (const [key, text] of Object.entries(options)) {
    if (text === null) continue;
    value = { ...value, [key]: text };
    given[key] = text;
  }
  return success({ ...yaml, value, set: given });
}

function keysOf(path: string): readonly string[] {
  const keys = path.split(".");
  const map = keys.findIndex((key) => textMaps.includes(key));
  return map === -1 || map >= keys.length - 2 ? keys : [...keys.slice(0, map + 1), keys.slice(map + 1).join(".")];
}

function withValue(
  map: Readonly<Record<string, unknown>>,
  [first = "", ...rest]: readonly string[],
  value: unknown,
  path: string,
): Result<Readonly<Record<string, unknown>>> {
  if (first === "" || ["__proto__", "constructor", "prototype"].includes(first)) {
    return failure("usage/invalid:set-key", { key: path });
  }
  if (rest.length === 0) return success({ ...map, [first]: value });
  const inner = Object.hasOwn(map, first) ? (map[first] ?? {}) : {};
  if (!isMap(inner)) return failure("usage/invalid:set-below-value", { key: path, above: first });
  const changed = withValue(inner, rest, value, path);
  return changed.ok ? success({ ...map, [first]: changed.value }) : changed;
}

function parsedValue(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
