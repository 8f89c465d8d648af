import { promises as files } from "node:fs";
import type { FileHandle } from "node:fs/promises";
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
import { systemErrno } from "../../contract/errno.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { FileCode } from "../../contract/words/english/file-problems.ts";
import type { Advice, FileFault, Place, SchemaReason } from "../../contract/words/english/parts/file-words.ts";
import { opener } from "../../files/opener.ts";

/** A YAML file that was read within limits. `value` is plain data; `place` finds what a schema complains of. */
export type YamlFile = {
  /** Absolute path. */
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Of the value at that path, or of the key when `ofKey`; null when it is not in the file. */
  readonly place: (keys: readonly PropertyKey[], ofKey?: boolean) => Place;
  /** What of `value` the command line said instead of the file, by `--set`'s own keys. */
  readonly set: Readonly<Record<string, string>>;
};

const maxFileBytes = 1024 * 1024;
const deepest = 50;
const maxNodes = 10_000;
/** The library compares every key of a map with every other, so too many are refused before it sees them. */
const maxTokens = 50_000;

/**
 * Reads a YAML file that holds one map. Nothing in it is fetched or run: aliases, tags and merge keys are refused, and
 * so is more than 1 MiB, 50 levels or 10,000 values. Problems have the given code. `place` as of `readSmallTextFile`.
 */
export async function readYamlFile(
  file: string,
  code: FileCode,
  place: string | null = null,
): Promise<Result<YamlFile>> {
  const absolute = path.resolve(file);
  const text = await readSmallTextFile(absolute, code, place);
  return text.ok ? parseYaml(text.value, absolute, code) : text;
}

/**
 * A regular file of at most 1 MiB of UTF-8. `place` is the one real path at which it was found to be allowed; null: its user
 * named it, and means what links lead to.
 */
export async function readSmallTextFile(
  file: string,
  code: FileCode,
  place: string | null = null,
): Promise<Result<string>> {
  const name = path.basename(file);
  let handle: FileHandle | null = null;
  try {
    handle = await files.open(place ?? file, place === null ? opener.namedFlags : opener.flags);
    const stats = await handle.stat();
    if (place !== null && !opener.liesAt(handle.fd, stats, place)) return refused(code, missing(file));
    if (!stats.isFile()) return refused(code, { kind: "not-a-file", params: { file } });
    if (stats.size > maxFileBytes) return refused(code, { kind: "too-large", params: { name } });
    return success(new TextDecoder("utf-8", { fatal: true }).decode(await handle.readFile()));
  } catch (error) {
    if (error instanceof TypeError) return refused(code, { kind: "not-text", params: { name } });
    const errno = systemErrno(error);
    if (errno === "ENOENT") return refused(code, missing(file));
    if (errno === "ENXIO" || errno === "EISDIR") return refused(code, { kind: "not-a-file", params: { file } });
    return refused(code, { kind: "unreadable", params: { file, reason: (error as Error).message } });
  } finally {
    await handle?.close();
  }
}

function missing(file: string): FileFault {
  return { kind: "missing", params: { file } };
}

function refused(code: FileCode, fault: FileFault): Result<never> {
  return failure(`${code}:file`, { fault });
}

/** As `readYamlFile`, of text that is at hand; `file` is for messages and for paths that are relative to it. */
export function parseYaml(text: string, file: string, code: FileCode): Result<YamlFile> {
  const name = path.basename(file);
  const refuse = (fault: FileFault): Result<never> => refused(code, fault);
  if (isTooLarge(text)) return refuse({ kind: "too-complex", params: { name, levels: deepest, values: maxNodes } });

  const lines = new LineCounter();
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  let document: Document.Parsed<ParsedNode>;
  let trouble: Trouble | null;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    trouble = findTrouble(document);
  } catch (error) {
    if (error instanceof RangeError) {
      return refuse({ kind: "too-deep", params: { name, levels: deepest, place: null } });
    }
    throw error;
  }
  const mistake = document.errors[0] ?? document.warnings[0];
  if (mistake !== undefined) {
    const reason = mistake.message.replace(/\.$/, "");
    return refuse({ kind: "not-yaml", params: { name, reason, place: at(mistake.pos[0]) } });
  }
  if (trouble !== null) return refuse(troubleFault(trouble.kind, name, at(trouble.offset)));
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  if (!isMap(document.contents)) return refuse({ kind: "not-a-map", params: { name } });
  return success({
    file,
    value: value as Record<string, unknown>,
    place: (keys, ofKey = false) => {
      const offset = offsetOf(document, keys, ofKey);
      return offset === null ? null : at(offset);
    },
    set: {},
  });
}

/** The first complaint of a schema about a file, as one sentence that names the key, the line and the column. */
export function schemaProblem(yaml: YamlFile, error: z.ZodError, code: FileCode): Result<never> {
  const name = path.basename(yaml.file);
  const issue = mostTelling(error.issues);
  if (issue === undefined) throw new Error("A schema refused without an issue.");
  if (issue.code === "unrecognized_keys") {
    const key = [...issue.path, String(issue.keys[0])];
    const set = setKeyOf(yaml, key);
    if (set !== null) return failure("usage/invalid:set-key", { key: set });
    const unknown = { name, key: dotted(key), place: yaml.place(key, true) };
    return refused(code, { kind: "unknown-key", params: unknown });
  }
  const set = setKeyOf(yaml, issue.path);
  if (set !== null) {
    const wrong = { key: set, value: yaml.set[set] ?? "", reason: schemaReason(issue), advice: adviceOn(issue) };
    return failure("usage/invalid:setting", wrong);
  }
  const place = yaml.place(issue.path);
  const key = dotted(issue.path);
  if (place === null && issue.path.length > 0) return refused(code, { kind: "no-key", params: { name, key } });
  const wrong = { name, key, place, reason: schemaReason(issue), advice: adviceOn(issue) };
  return refused(code, { kind: "wrong-value", params: wrong });
}

/** The key of `--set` that made what lies at that path; null: the file did. */
function setKeyOf(yaml: YamlFile, path: readonly PropertyKey[]): string | null {
  const keys = Object.keys(yaml.set);
  const at = dotted(path);
  return keys.find((key) => key === at || at.startsWith(`${key}.`) || (at !== "" && key.startsWith(`${at}.`))) ?? null;
}

/** What to write instead of a value that its key cannot hold, where that has a place of its own. */
export function adviceOn(issue: z.core.$ZodIssue | undefined): Advice {
  return issue?.code === "invalid_type" && issue.path.at(-1) === "error_threshold" ? "share" : null;
}

/** What a schema wants instead. A refinement of ours names its rule in its `params`. */
export function schemaReason(issue: z.core.$ZodIssue | undefined): SchemaReason {
  switch (issue?.code) {
    case "invalid_type":
      return { kind: "type", params: { expected: issue.expected } };
    case "too_small":
      if (issue.origin === "string" || issue.origin === "array") return { kind: "empty", params: {} };
      return { kind: issue.inclusive === false ? "more-than" : "at-least", params: { limit: Number(issue.minimum) } };
    case "too_big":
      return { kind: issue.inclusive === false ? "less-than" : "at-most", params: { limit: Number(issue.maximum) } };
    case "invalid_key":
      return schemaReason(issue.issues[0]);
    case "invalid_value":
      return { kind: "one-of", params: { values: issue.values.map(String) } };
    default: {
      const rule: unknown = issue?.code === "custom" ? issue.params?.["rule"] : null;
      if (rule === "azure-name" || rule === "percent" || rule === "missing") return { kind: rule, params: {} };
      const reason = (issue?.message ?? "").replace(/^Invalid (input|option): /, "").replace(/\.$/, "");
      return { kind: "other", params: { reason } };
    }
  }
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
    if (tokens > maxTokens || depth > deepest) return true;
  }
  return false;
}

type Trouble = { readonly kind: "alias" | "too-deep" | "too-many-values" | "odd-key"; readonly offset: number };

function troubleFault(kind: Trouble["kind"], name: string, place: Place): FileFault {
  if (kind === "too-deep") return { kind, params: { name, levels: deepest, place } };
  return kind === "too-many-values"
    ? { kind, params: { name, values: maxNodes, place } }
    : { kind, params: { name, place } };
}

function findTrouble(document: Document.Parsed<ParsedNode>): Trouble | null {
  let trouble: Trouble | null = null;
  let nodes = 0;
  visit(document, {
    Node: (_key, node, ancestors) => {
      nodes += 1;
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) trouble = { kind: "alias", offset };
      // Pairs stand between a map and what it holds.
      else if (ancestors.filter(isNode).length > deepest) trouble = { kind: "too-deep", offset };
      else if (nodes > maxNodes) trouble = { kind: "too-many-values", offset };
      return trouble === null ? undefined : visit.BREAK;
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key)) return undefined;
      trouble = { kind: "odd-key", offset: isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0 };
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
