import fs from "node:fs";
import { fileOpener } from "../contract/listed-files.ts";

/** The one way in which main and its processes open files that are not the workspace's own. */
export const opener = fileOpener(fs, process.platform);
