import { type Result, success } from "../../contract/problem.ts";
import type { InputCache } from "../folder/input-cache.ts";
import { cannotFetch } from "./cannot-fetch.ts";
import type { InputSource } from "./input-source.ts";

/** What fetching an input would take. */
export type SeenDownload = {
  readonly files: number;
  readonly bytes: number;
  /** What of it an earlier job has fetched. */
  readonly keptBytes: number;
  /** It lies in a cloud whose owner is charged for what leaves it. */
  readonly isCharged: boolean;
};

/** Looks at inputs that lie elsewhere, without fetching them. */
export type DownloadLooks = {
  /** What was found within the last minute counts: a sheet asks with every change in it. Problems: those of the source. */
  readonly look: (
    address: string,
    kind: "folder" | "file",
    signal: AbortSignal | null,
  ) => Promise<Result<SeenDownload>>;
};

const recentMs = 60_000;

export function createDownloadLooks(source: InputSource | null, cache: InputCache): DownloadLooks {
  let last: { readonly key: string; readonly atMs: number; readonly seen: SeenDownload } | null = null;
  return {
    async look(address, kind, signal) {
      const key = JSON.stringify([address, kind]);
      if (last?.key === key && performance.now() - last.atMs < recentMs) return success(last.seen);
      if (source === null) return cannotFetch(address);
      const listed = await source.list(address, kind, signal ?? new AbortController().signal);
      if (!listed.ok) return listed;
      let [bytes, keptBytes] = [0, 0];
      for (const file of listed.value) {
        bytes += file.sizeBytes;
        if (await cache.has(file)) keptBytes += file.sizeBytes;
      }
      const seen = { files: listed.value.length, bytes, keptBytes, isCharged: source.isCharged(address) };
      last = { key, atMs: performance.now(), seen };
      return success(seen);
    },
  };
}
