import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";

/**
 * Draws the app's icon, `icon.png` of 512 by 512 pixels: `node resources/scripts/draw-icon.ts [FILE]`. Three cards of a
 * deck, the front one with rows and a tick for each.
 */

const size = 512;

type Card = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

const cards: readonly (Card & { readonly color: string })[] = [
  { x: 136, y: 92, width: 240, height: 260, color: "#6fa8dc" },
  { x: 116, y: 124, width: 280, height: 260, color: "#b3d2ef" },
  { x: 96, y: 160, width: 320, height: 260, color: "#ffffff" },
];
const rows = [218, 290, 362];

function drawIcon(): Buffer {
  const canvas = createCanvas(size, size);
  const context = canvas.getContext("2d");
  const background = context.createLinearGradient(0, 0, size, size);
  background.addColorStop(0, "#2b88d8");
  background.addColorStop(1, "#0f3f82");
  fillRounded(context, { x: 16, y: 16, width: size - 32, height: size - 32 }, 104, background);
  for (const card of cards) fillRounded(context, card, 28, card.color);
  for (const [index, y] of rows.entries()) {
    drawTick(context, 132, y);
    const width = index === rows.length - 1 ? 130 : 190;
    fillRounded(context, { x: 190, y: y - 11, width, height: 22 }, 11, "#c3d9ef");
  }
  return canvas.toBuffer("image/png");
}

type Fill = SKRSContext2D["fillStyle"];

function fillRounded(context: SKRSContext2D, card: Card, radius: number, fill: Fill): void {
  context.fillStyle = fill;
  context.beginPath();
  context.roundRect(card.x, card.y, card.width, card.height, radius);
  context.fill();
}

/** A tick 36 pixels wide, its left end at `x` and its middle at the height `y`. */
function drawTick(context: SKRSContext2D, x: number, y: number): void {
  context.strokeStyle = "#107c41";
  context.lineWidth = 13;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.beginPath();
  context.moveTo(x, y + 1);
  context.lineTo(x + 13, y + 14);
  context.lineTo(x + 37, y - 14);
  context.stroke();
}

writeFileSync(process.argv[2] ?? join(import.meta.dirname, "..", "icon.png"), drawIcon());
