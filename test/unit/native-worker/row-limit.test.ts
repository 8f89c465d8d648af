import { expect, test } from "vitest";
import { limitRows } from "../../../native-worker/scripts/row-limit.ts";
import { seededRandom } from "../../helpers/random.ts";

/** Passes `text` in pieces of random sizes through a limit of 20 bytes. */
async function throughLimit(text: string, random: () => number) {
  const passed: Buffer[] = [];
  const limit = limitRows("quoted", 20, async (bytes) => void passed.push(Buffer.from(bytes)));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + Math.floor(random() * 30));
    const piece = Buffer.from(bytes.subarray(at, end));
    await limit.take(piece);
    piece.fill(0);
    at = end;
  }
  return { text: Buffer.concat(passed).toString(), tooLong: limit.tooLong() };
}

test("rows up to the limit are passed on in their order, longer ones are left out and counted, however they come", async () => {
  const random = seededRandom(5);
  for (let round = 0; round < 500; round++) {
    const rows = Array.from({ length: Math.floor(random() * 12) }, () => {
      const cell = Array.from({ length: Math.floor(random() * 30) }, () => (random() < 0.2 ? "\n" : "é"));
      return `"${cell.join("")}"\n`;
    });
    const short = rows.filter((row) => Buffer.byteLength(row) <= 20);
    expect(await throughLimit(rows.join(""), random)).toEqual({
      text: short.join(""),
      tooLong: rows.length - short.length,
    });
  }
});
