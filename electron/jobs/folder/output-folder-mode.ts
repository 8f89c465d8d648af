import fs from "node:fs";
import { asUsual, ownerOnly } from "../../contract/processes/file-modes.ts";
import { isWithin } from "../../data/listing/listing.ts";

/** Of a folder of results that is to be made: in the workspace it is the owner's alone, elsewhere the umask decides. */
export function outputFolderMode(home: string, folder: string): number {
  return [home, fs.realpathSync(home)].some((place) => isWithin(place, folder)) ? ownerOnly.folder : asUsual;
}
