import fs from "node:fs/promises";
import { opener } from "../../files/opener.ts";
import { errnoOf } from "../folder/blocked.ts";

/** Thrown where the file system refused to read a segment: that is the workspace's place, not the output's. */
export class SegmentUnreadable extends Error {
  readonly errno: string;
  constructor(cause: unknown, errno: string) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.errno = errno;
  }
}

/** Null when the file is not there any more. */
export async function openSegment(file: string): Promise<fs.FileHandle | null> {
  try {
    // It may be the predictions of an earlier job, in a folder where others write, too. The checksums tell what they hold.
    return await fs.open(file, opener.namedFlags);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT") return null;
    throw new SegmentUnreadable(error, errno ?? "EIO");
  }
}

/** Fills as much of the buffer as there is from a position on; answers how much that was. */
export async function readSegment(segment: fs.FileHandle, into: Buffer, position: number): Promise<number> {
  try {
    return (await segment.read(into, 0, into.length, position)).bytesRead;
  } catch (error) {
    throw new SegmentUnreadable(error, errnoOf(error) ?? "EIO");
  }
}
