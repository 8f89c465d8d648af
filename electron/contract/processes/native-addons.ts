/** The Node-API that better-sqlite3 asks for: Node has it from 22.14 on, and current Electron has it. */
const neededNodeApi = 10;

/** The variable names a build of the addon that asks for less, on an older runtime. */
const variable = "BATCHDECK_SQLITE_BINDING";

/** The parts of `process` that decide which addon can be loaded. */
export type AddonRuntime = {
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** What to load: a named file, or what the package brings (null). `message`: why nothing can be loaded, in one sentence. */
export type AddonChoice =
  | { readonly ok: true; readonly file: string | null }
  | { readonly ok: false; readonly message: string };

/**
 * Asked before SQLite's addon is loaded. A runtime that loads one which asks for a newer Node-API than its own ends with
 * SIGSEGV, and no `try` keeps it from that.
 */
export function chooseSqliteAddon({ versions, env }: AddonRuntime): AddonChoice {
  if (Number(versions["napi"]) >= neededNodeApi) return { ok: true, file: null };
  const named = env[variable];
  if (named) return { ok: true, file: named };
  const needs = `better-sqlite3 needs Node-API ${neededNodeApi}, and this runtime has ${versions["napi"] ?? "none"}`;
  return { ok: false, message: `${needs}: ${variable} must name a build of it for an older one.` };
}
