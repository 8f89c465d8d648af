import { constants, crc32, inflateRawSync } from "node:zlib";
import {
  type ArrayFile,
  arrayBytes,
  damagedArray,
  mostArrayBytes,
  type StoredArray,
} from "../../../electron/contract/tensors/array-file.ts";
import type { ArrayFault } from "../../../electron/contract/tensors/npy-header.ts";
import type { FileView } from "../../../electron/contract/tensors/zip-directory.ts";

/** A file of arrays over bytes that are at hand, or that are read where they lie. */
export function arrayFile(view: FileView): ArrayFile {
  return { ...view, inflateBeginning };
}

/** What so many packed bytes unpack to, as far as they do; undefined when they are damaged. */
function inflateBeginning(packed: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return undefined;
  }
}

/** The bytes of an array's values. Of an archive, its checksum is compared. */
export function valueBytes(file: FileView, array: StoredArray): Uint8Array | ArrayFault {
  const { entry, header } = array;
  if (arrayBytes(file, array) > mostArrayBytes) return tooLarge;
  if (entry === null) return file.readAt(header.dataStart, file.sizeBytes - header.dataStart);
  const packed = file.readAt(entry.start, entry.packedBytes);
  const bytes = entry.isDeflated ? inflated(packed, entry.sizeBytes) : packed;
  if (bytes?.length !== entry.sizeBytes || crc32(bytes) !== entry.checksum) return damagedArray;
  return bytes.subarray(header.dataStart);
}

function inflated(packed: Uint8Array, sizeBytes: number): Uint8Array | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, sizeBytes) });
  } catch {
    return undefined;
  }
}

const tooLarge: ArrayFault = {
  code: "array-too-large",
  message: "The array is larger than 256 MiB, which is more than can be held at once.",
};
