import { failure, type Result } from "../../contract/problem.ts";

/** Nothing here fetches from that address, which is given without keys. Problem: input/needs-download. */
export function cannotFetch(address: string): Extract<Result<never>, { ok: false }> {
  return failure(
    "input/needs-download",
    `"${address}" is not on this computer, and nothing here can fetch it yet.`,
    "Download it, with Azure Storage Explorer or azcopy, then give the local folder or file.",
  );
}
