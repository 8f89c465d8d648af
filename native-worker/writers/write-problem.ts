/** What the file system said when it refused. */
export type WriteProblem = {
  readonly message: string;
  readonly errno: string;
};

/** The errno of an exception of Node's file calls (`ENOSPC`, …), null for any other exception. */
export function errnoOf(error: unknown): string | null {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : null;
}
