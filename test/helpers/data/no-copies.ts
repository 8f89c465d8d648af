import { createFileCopies } from "../../../electron/data/copies/file-copies.ts";

/** For plain files, which are read as they stand. */
export const noCopies = createFileCopies({ folder: null, encoding: null, mostBytes: Number.POSITIVE_INFINITY });
