import { promises as files } from "node:fs";
import path from "node:path";
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  type ParsedNode,
  parseDocument,
  visit,
} from "yaml";
import type { z } from "zod";
import { failure, type ProblemCode, type Result, success } from "../../contract/problem.ts";

/** A YAML file that was read within limits. `value` is plain data; `describe` turns a schema's complaint into a sentence. */
export type YamlFile = {
  /** Absolute path. */
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** ` (line 3, column 5)` of the value at that path, or of the key when `ofKey`; empty when it is not in the file. */
  readonly place: (keys: readonly PropertyKey[], ofKey?: boolean) => string;
};

const largestFile = 1024 * 1024;
const deepest = 50;
const mostNodes = 10_000;
/** The library compares every key of a map with every other, so too many are refused before it sees them. */
const mostTokens = 50_000;

/**
 * Reads a YAML file that holds one map. Nothing in it is fetched or run: aliases, tags and merge keys are refused, and
 * so is more than 1 MiB, 50 levels or 10,000 values. Problems have the given code.
 */
export async function readYamlFile(file: string, code: ProblemCode): Promise<Result<YamlFile>> {
  const absolute = path.resolve(file);
  const text = await readSmallTextFile(absolute, code);
  return text.ok ? parseYaml(text.value, absolute, code) : text;
}

/** A regular file of at most 1 MiB of UTF-8. */
export async function readSmallTextFile(file: string, code: ProblemCode): Promise<Result<string>> {
  const name = path.basename(file);
  try {
    const stats = await files.stat(file);
    if (!stats.isFile()) return failure(code, `"${file}" is not a file.`);
    if (stats.size > largestFile) return failure(code, `The file "${name}" is larger than 1 MiB.`);
    return success(new TextDecoder("utf-8", { fatal: true }).decode(await files.readFile(file)));
  } catch (error) {
    if (error instanceof TypeError) return failure(code, `The file "${name}" is not UTF-8 text.`);
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return failure(
      code,
      missing ? `There is no file "${file}".` : `The file "${file}" cannot be read: ${(error as Error).message}.`,
    );
  }
}

/** As `readYamlFile`, of text that is at hand; `file` is for messages and for paths that are relative to it. */
export function parseYaml(text: string, file: string, code: ProblemCode): Result<YamlFile> {
  const name = path.basename(file);
  const refuse = (reason: string): Result<never> => failure(code, `The file "${name}" ${reason}.`);
  if (isTooLarge(text)) return refuse(`is nested deeper than ${deepest} levels or holds more than ${mostNodes} values`);

  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return ` (line ${line}, column ${col})`;
  };
  let document: Document.Parsed<ParsedNode>;
  let trouble: { readonly reason: string; readonly offset: number } | null;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    trouble = findTrouble(document);
  } catch (error) {
    if (error instanceof RangeError) return refuse(`is nested deeper than ${deepest} levels`);
    throw error;
  }
  const mistake = document.errors[0] ?? document.warnings[0];
  if (mistake !== undefined) {
    return refuse(`is not valid YAML: ${mistake.message.replace(/\.$/, "")}${at(mistake.pos[0])}`);
  }
  if (trouble !== null) return refuse(`${trouble.reason}${at(trouble.offset)}`);
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  if (!isMap(document.contents)) return refuse("does not hold a map of keys and values");
  return success({
    file,
    value: value as Record<string, unknown>,
    place: (keys, ofKey = false) => {
      const offset = offsetOf(document, keys, ofKey);
      return offset === null ? "" : at(offset);
    },
  });
}

/** The first complaint of a schema about a file, as one sentence that names the key, the line and the column. */
export function schemaProblem(yaml: YamlFile, error: z.ZodError, code: ProblemCode): Result<never> {
  const name = path.basename(yaml.file);
  const issue = mostTelling(error.issues);
  if (issue === undefined) throw new Error("A schema refused without an issue.");
  if (issue.code === "unrecognized_keys") {
    const key = [...issue.path, String(issue.keys[0])];
    return failure(code, `The file "${name}" has a key "${dotted(key)}" that is not known${yaml.place(key, true)}.`);
  }
  const place = yaml.place(issue.path);
  const key = dotted(issue.path);
  if (place === "" && issue.path.length > 0) return failure(code, `The file "${name}" has no "${key}".`);
  return failure(
    code,
    `In the file "${name}", "${key}" is not right${place}: ${schemaReason(issue)}.`,
    adviceOn(issue),
  );
}

/** What to write instead of a value that its key cannot hold, where that has a place of its own; else empty. */
export function adviceOn(issue: z.core.$ZodIssue | undefined): string {
  const isShare = issue?.code === "invalid_type" && issue.path.at(-1) === "error_threshold";
  return isShare ? 'For a share of all items set the property "batchdeck.error_threshold_percent", such as "5".' : "";
}

const expectedWords: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  object: "keys with values",
  record: "keys with values",
};

/** What a schema wants instead, in plain words, without a full stop: "it must be at least 1". */
export function schemaReason(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case "invalid_type":
      return `it must be ${expectedWords[issue.expected] ?? issue.expected}`;
    case "too_small":
      if (issue.origin === "string" || issue.origin === "array") return "it must not be empty";
      return `it must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
    case "too_big":
      return `it must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`;
    case "invalid_key":
      return schemaReason(issue.issues[0]);
    case "invalid_value":
      return `it must be ${alternatives(issue.values.map(String))}`;
    default:
      return (issue?.message ?? "").replace(/^Invalid (input|option): /, "").replace(/\.$/, "");
  }
}

/** "a, b or c" */
function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** A misspelt key says more than the key that is missing for it; of several forms, the one that the value comes closest to. */
function mostTelling(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  if (issue?.code !== "invalid_union") return issue;
  const inner = issue.errors
    .map(mostTelling)
    .find((first) => first !== undefined && (first.path.length > 0 || first.code !== "invalid_type"));
  return inner === undefined ? issue : { ...inner, path: [...issue.path, ...inner.path] };
}

/** What a key without a value (`description:`) means: that it was left out. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== null)
      .map(([key, entry]) => [key, withoutNulls(entry)]),
  );
}

function dotted(keys: readonly PropertyKey[]): string {
  return keys.map(String).join(".");
}

/** A cheap look before the real parse: the number of tokens, and how deep brackets are nested. */
function isTooLarge(text: string): boolean {
  let tokens = 0;
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    if (tokens > mostTokens || depth > deepest) return true;
  }
  return false;
}

function findTrouble(document: Document.Parsed<ParsedNode>): { reason: string; offset: number } | null {
  let trouble: { reason: string; offset: number } | null = null;
  let nodes = 0;
  visit(document, {
    Node: (_key, node, ancestors) => {
      nodes += 1;
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) trouble = { reason: "uses an alias, which is not allowed", offset };
      // Pairs stand between a map and what it holds.
      else if (ancestors.filter(isNode).length > deepest)
        trouble = { reason: `is nested deeper than ${deepest} levels`, offset };
      else if (nodes > mostNodes) trouble = { reason: `holds more than ${mostNodes} values`, offset };
      return trouble === null ? undefined : visit.BREAK;
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key)) return undefined;
      trouble = {
        reason: "has a key that is not a plain word",
        offset: isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0,
      };
      return visit.BREAK;
    },
  });
  return trouble;
}

function offsetOf(document: Document.Parsed<ParsedNode>, keys: readonly PropertyKey[], ofKey: boolean): number | null {
  const parent: unknown = keys.length < 2 ? document.contents : document.getIn(keys.slice(0, -1), true);
  const last = keys.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last));
    if (pair === undefined) return null;
    const node = ofKey || !isNode(pair.value) ? pair.key : pair.value;
    return isNode(node) ? (node.range?.[0] ?? null) : null;
  }
  const node: unknown = keys.length === 0 ? document.contents : document.getIn(keys, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
