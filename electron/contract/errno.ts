/** Errors that Node has no name for, by the number that it gives them (Linux, macOS). */
const unnamed: Readonly<Record<number, string>> = {
  [-122]: "EDQUOT",
  [-69]: "EDQUOT",
  [-116]: "ESTALE",
  [-70]: "ESTALE",
};

/** The code of an exception of Node ("ENOSPC") or SQLite ("SQLITE_BUSY"); empty for any other exception. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : "";
}

/**
 * The errno by name ("ENOSPC") of an exception of Node's file calls, null for any other exception. One that Node cannot
 * name ("UNKNOWN", "Unknown system error -122") is named here, or counts as EIO: the system refused, whatever its reason.
 */
export function systemErrno(error: unknown): string | null {
  const { code, errno } = (error ?? {}) as { readonly code?: unknown; readonly errno?: unknown };
  if (typeof code !== "string") return null;
  if (code === "UNKNOWN" || code.startsWith("Unknown system error")) return unnamed[Number(errno)] ?? "EIO";
  return /^E[A-Z0-9]+$/.test(code) ? code : null;
}
