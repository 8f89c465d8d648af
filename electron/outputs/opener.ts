import fs from "node:fs";
import { fileOpener } from "../contract/listed-files.ts";

/** Results lie in folders where others write, too: what lies there by now may be no file. */
export const opener = fileOpener(fs, process.platform);
