import fs from "node:fs";
import { prepareSwap, type SwapKind, type SwapPlace } from "./swaps.ts";

/** What the program below is told, as JSON in its one argument. */
export type SwapperOrder = {
  readonly place: SwapPlace;
  readonly swaps: readonly { readonly file: string; readonly kind: SwapKind }[];
  /** It begins as soon as this file is there. */
  readonly after: string;
  /** Once each; or to and fro until its stdin ends. */
  readonly mode: "once" | "to-and-fro";
};

/** Swaps files as quickly as it can, in a process of its own, and prints how many swaps it made. */
const { place, swaps, after, mode } = JSON.parse(process.argv[2] ?? "") as SwapperOrder;
const prepared = swaps.map(({ file, kind }) => prepareSwap(place, file, kind));
process.stdout.write("ready\n");
let isOver = false;
process.stdin.on("end", () => {
  isOver = true;
});
process.stdin.resume();
const turn = () => new Promise((resolve) => setImmediate(resolve));

while (!fs.existsSync(after) && !isOver) await turn();
let made = 0;
do {
  for (const swap of prepared) {
    swap.take();
    made += 1;
    if (mode === "to-and-fro") {
      await turn();
      swap.undo();
    }
  }
} while (mode === "to-and-fro" && !isOver);
process.stdout.write(`${made}\n`);
process.exit(0);
