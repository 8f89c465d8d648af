import type { FindingList } from "./scan-findings.ts";
import { plainText } from "../../contract/plain-text.ts";
import { scanLimits } from "./scan-limits.ts";

/** An operator as a node names it. */
export type OperatorName = { readonly domain: string; readonly name: string; readonly overload: string };

/** A function that a model carries along, and which operators its body uses, how often. */
export type CarriedFunction = { readonly of: OperatorName; readonly calls: ReadonlyMap<string, number> };

/** A key for maps that no two operators share. */
export function operatorKey({ domain, name, overload }: OperatorName): string {
  return JSON.stringify([domain === "ai.onnx" ? "" : domain, name, overload]);
}

export function operatorOfKey(key: string): OperatorName {
  const [domain = "", name = "", overload = ""] = JSON.parse(key) as readonly string[];
  return { domain, name, overload };
}

/** The operator sets that ONNX Runtime brings along and that any model may use. */
const builtInDomains: ReadonlySet<string> = new Set(["", "ai.onnx", "ai.onnx.ml", "com.microsoft"]);

/** Operators of `com.microsoft` that open files or run other programs' code. */
const refusedOperators: ReadonlySet<string> = new Set([
  "ATen",
  "EPContext",
  "ExternalOp",
  "PythonOp",
  "PythonOpGrad",
  "Snpe",
  "SnpeEngine",
  "TritonOp",
]);

/**
 * Checks that every operator is ONNX Runtime's own or a function that the model carries, and that those functions replace
 * nothing, end, and stay small when each call is replaced by what it stands for. `calls`: of the model outside functions;
 * `places`: where each operator was first seen.
 */
export function checkOperators(
  calls: ReadonlyMap<string, number>,
  functions: readonly CarriedFunction[],
  places: ReadonlyMap<string, string>,
  findings: FindingList,
): void {
  const carried = new Map<string, CarriedFunction>();
  for (const carriedFunction of functions) {
    const { of } = carriedFunction;
    const called = { operator: plainText(of.name), domain: plainText(of.domain) };
    const key = operatorKey(of);
    if (builtInDomains.has(of.domain)) {
      findings.add("bad-function:replaces", called, "functions");
    }
    if (carried.has(key)) {
      findings.add("bad-function:twice", called, "functions");
    }
    carried.set(key, carriedFunction);
  }
  for (const key of new Set([calls, ...functions.map((each) => each.calls)].flatMap((each) => [...each.keys()]))) {
    const { domain, name } = operatorOfKey(key);
    const isBuiltIn = builtInDomains.has(domain) && !(domain === "com.microsoft" && refusedOperators.has(name));
    if (isBuiltIn || carried.has(key)) continue;
    const called = { operator: plainText(name), domain: plainText(domain) };
    findings.add("unknown-operator", called, places.get(key) ?? "");
  }
  checkExpansion(calls, carried, findings);
}

function checkExpansion(
  calls: ReadonlyMap<string, number>,
  carried: ReadonlyMap<string, CarriedFunction>,
  findings: FindingList,
): void {
  const sizes = new Map<string, number>();
  const open = new Set<string>();
  let complaint: "calls itself" | "calls too deep" | null = null;
  const sizeOf = (key: string): number => {
    const known = sizes.get(key);
    if (known !== undefined) return known;
    const body = carried.get(key);
    if (body === undefined) return 1;
    if (open.has(key)) complaint ??= "calls itself";
    else if (open.size >= scanLimits.callDepth) complaint ??= "calls too deep";
    if (complaint !== null) return 1;
    open.add(key);
    const size = sum(body.calls, sizeOf);
    open.delete(key);
    sizes.set(key, size);
    return size;
  };
  // A function that nothing calls is read by ONNX Runtime all the same.
  for (const key of carried.keys()) sizeOf(key);
  const size = sum(calls, sizeOf);
  if (complaint === "calls itself") findings.add("bad-function:calls-itself", {}, "functions");
  else if (complaint !== null) findings.add("bad-function:calls-deep", { depth: scanLimits.callDepth }, "functions");
  else if (Math.max(size, ...sizes.values()) > scanLimits.expandedNodes) {
    findings.add("too-large:functions", { operators: scanLimits.expandedNodes }, "functions");
  }
}

function sum(calls: ReadonlyMap<string, number>, sizeOf: (key: string) => number): number {
  let total = 0;
  for (const [key, count] of calls) total += count * sizeOf(key);
  return total;
}
