import fs from "node:fs";
import path from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { seededRandom } from "../helpers/random.ts";

export const columns = Array.from({ length: 20 }, (_, index) => `f${index}`);

/** scorer.yml for those columns; `batch` as it is written there. */
export function tableScorer(batch: "auto" | number): string {
  return `input:\n  columns: {features: [${columns.join(", ")}]}\noutput:\n  keep: [id]\n  outputs: [probabilities, label]\nbatch: ${batch}\n`;
}

/** A CSV file of an id and 20 numbers: about 187 bytes a row. Returns its path. */
export function writeTable(file: string, rows: number): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const random = seededRandom(7);
  const handle = fs.openSync(file, "w");
  fs.writeSync(handle, `id,${columns.join(",")}\n`);
  // A thousand different rows, many times over: the reader does not know, and making them stays quick.
  const bodies = Array.from({ length: 1000 }, () => columns.map(() => (random() * 2 - 1).toFixed(5)).join(","));
  let block: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    block.push(`row${String(row).padStart(10, "0")},${bodies[row % 1000]}\n`);
    if (block.length === 20_000 || row === rows - 1) {
      fs.writeSync(handle, block.join(""));
      block = [];
    }
  }
  fs.closeSync(handle);
  return file;
}

/** Rows of `writeTable` in so many bytes. */
export function rowsIn(bytes: number): number {
  return Math.round(bytes / 187);
}

/** JPEG pictures of 1024 × 768 with as much grain as makes them about 120 KB, as cameras do. */
export function writePictures(folder: string, count: number): string {
  fs.mkdirSync(folder, { recursive: true });
  const [width, height] = [1024, 768];
  const random = seededRandom(5);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const pixels = image.data.fill(255);
  const different = Array.from({ length: Math.min(count, 20) }, (_, picture) => {
    for (let pixel = 0; pixel < width * height; pixel += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const shade = ((pixel % width) >> 2) + (Math.floor(pixel / width) >> 3) + picture * 7 + channel * 20;
        pixels[pixel * 4 + channel] = (shade + random() * 14) & 0xff;
      }
    }
    context.putImageData(image, 0, 0);
    return canvas.toBuffer("image/jpeg", 85);
  });
  for (let index = 0; index < count; index += 1) {
    const bytes = different[index % different.length] as Buffer;
    fs.writeFileSync(path.join(folder, `picture-${String(index).padStart(5, "0")}.jpg`), bytes);
  }
  return folder;
}

/** Tiny tables of four numbers, `rows` each, in folders of a thousand. */
export function writeManyTables(folder: string, count: number, rows: number): string {
  const text = `f0,f1,f2,f3\n${"0.5,1.5,2.5,3.5\n".repeat(rows)}`;
  for (let index = 0; index < count; index += 1) {
    const place = path.join(folder, String(Math.floor(index / 1000)).padStart(4, "0"));
    if (index % 1000 === 0) fs.mkdirSync(place, { recursive: true });
    fs.writeFileSync(path.join(place, `${String(index).padStart(7, "0")}.csv`), text);
  }
  return folder;
}

/** A text of 1 to 40 words, each one token of the tokenizers of tests. */
export function wordsOfLine(line: number): readonly string[] {
  const words = ["the", "cat", "sat"];
  return Array.from({ length: 1 + ((line * 7) % 40) }, (_, word) => words[(line + word) % words.length] ?? "");
}

/** A file of so many lines of words. */
export function writeTexts(folder: string, lines: number): string {
  fs.mkdirSync(folder, { recursive: true });
  const texts = Array.from({ length: lines }, (_, line) => wordsOfLine(line).join(" "));
  fs.writeFileSync(path.join(folder, "texts.txt"), `${texts.join("\n")}\n`);
  return folder;
}
