import fs from "node:fs";
import path from "node:path";
import { beforeEach } from "vitest";
import { temporaryPlaces } from "../places.ts";

/** The workspace of a test file, and the folder of input that each of its tests has to itself. */
export let home = "";
export let input = "";

/** To be called outside of tests. */
export function inFreshInputs(label: string): void {
  const places = temporaryPlaces(label);
  let count = 0;
  home = places.home;
  beforeEach(() => {
    count += 1;
    input = path.join(places.root, `input-${count}`);
    fs.mkdirSync(input, { recursive: true });
  });
}
