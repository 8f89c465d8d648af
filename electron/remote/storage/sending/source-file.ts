import fs from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { codeOf } from "../../../contract/errno.ts";
import { isReplaced } from "../../../contract/listed-files.ts";
import { failure, type Failure, type Result, success } from "../../../contract/problem.ts";
import type { HashedFile } from "../../../data/content/content-ledger.ts";
import { opener } from "../../../files/opener.ts";
import type { Pace } from "../pace.ts";
import { Refusal } from "../refusal.ts";
import type { Try } from "../requests.ts";

/** A file that was listed, open, while parts of it are sent. */
export type SourceFile = {
  /**
   * A part as the body of one try to send it. `onBytes`: so many more were handed to the network. A file that changes meanwhile is
   * noticed before its last byte is handed out: nothing of it arrives as if it were whole.
   */
  readonly body: (
    part: FilePart,
    how: { readonly pace: Pace; readonly onBytes: (bytes: number) => void },
    attempt: Try,
  ) => Promise<Body>;
  /** Whether it is still what was listed. */
  readonly isUnchanged: () => Promise<boolean>;
  readonly close: () => Promise<void>;
};

export type FilePart = { readonly start: number; readonly length: number };

export type Body = {
  /** As the library takes it: a function gives it anew when it has to be sent once more. */
  readonly content: Buffer | (() => Readable);
  /** Why it broke off, if it was not the network's doing. */
  readonly trouble: () => Refusal | null;
  readonly close: () => void;
};

/** So much is read at once, and is let through by the pace at once. */
const sliceBytes = 256 * 1024;

/** Problems: input/changed, input/unreadable. */
export async function openSource(folder: string, file: HashedFile): Promise<Result<SourceFile>> {
  const place = path.join(folder, file.target ?? file.path);
  try {
    const handle = await fs.open(place, opener.flags);
    const isUnchanged = async (): Promise<boolean> => opener.isListed(handle.fd, await handle.stat(), place, file);
    if (!(await isUnchanged())) {
      await handle.close();
      return changed(file);
    }
    return success({
      isUnchanged,
      close: () => handle.close(),
      body: (part, how, attempt) => bodyOf({ handle, file, place, isUnchanged }, part, how, attempt),
    });
  } catch (error) {
    const errno = codeOf(error);
    if (errno === "ENOENT" || isReplaced(errno)) return changed(file);
    if (errno === "") throw error;
    return failure("input/unreadable:disk", { path: place, errno });
  }
}

export function changed({ path: name }: HashedFile): Failure {
  return failure("input/changed:file", { file: name });
}

type Opened = {
  readonly handle: fs.FileHandle;
  readonly file: HashedFile;
  readonly place: string;
  readonly isUnchanged: () => Promise<boolean>;
};

async function bodyOf(
  opened: Opened,
  part: FilePart,
  { pace, onBytes }: { readonly pace: Pace; readonly onBytes: (bytes: number) => void },
  attempt: Try,
): Promise<Body> {
  let trouble: Refusal | null = null;
  let told = 0;
  const streams: Readable[] = [];

  async function* slices(): AsyncGenerator<Buffer> {
    const end = part.start + part.length;
    for (let at = part.start; at < end; ) {
      const length = Math.min(sliceBytes, end - at);
      await attempt.whileWaiting(pace.pass(length, attempt.signal));
      attempt.signal.throwIfAborted();
      const slice = await readSlice(opened, at, length);
      at += length;
      if (!slice.ok || (at === end && !(await opened.isUnchanged()))) {
        trouble = new Refusal(slice.ok ? changed(opened.file).problem : slice.problem);
        throw trouble;
      }
      attempt.alive();
      // The library may have to send it once more within one try, with another token.
      if (at - part.start > told) {
        onBytes(at - part.start - told);
        told = at - part.start;
      }
      yield slice.value;
    }
  }

  function stream(): Readable {
    const made = Readable.from(slices(), { objectMode: false, highWaterMark: sliceBytes });
    // The sender gets the error, too; this keeps one that nobody reads any more from ending the program.
    made.on("error", () => undefined);
    streams.push(made);
    return made;
  }

  const common = {
    trouble: () => trouble,
    close() {
      for (const made of streams) made.destroy();
    },
  };
  if (part.length > sliceBytes) return { ...common, content: stream };
  const only = await slices().next();
  return { ...common, content: only.done === true ? Buffer.alloc(0) : only.value };
}

/** Problems: input/changed, when the file ends before; input/unreadable. */
async function readSlice({ handle, file, place }: Opened, at: number, length: number): Promise<Result<Buffer>> {
  const slice = Buffer.allocUnsafe(length);
  try {
    for (let filled = 0; filled < length; ) {
      const { bytesRead } = await handle.read(slice, filled, length - filled, at + filled);
      if (bytesRead === 0) return changed(file);
      filled += bytesRead;
    }
    return success(slice);
  } catch (error) {
    return failure("input/unreadable:disk", { path: place, errno: codeOf(error) });
  }
}
