import { writeFileSync } from "node:fs";
import { createCanvas } from "@napi-rs/canvas";

/** EXIF that asks to turn the picture by a quarter to the right. */
const turnedRight = Buffer.from("ffe1002245786966000049492a0008000000010012010300010000000600000000000000", "hex");

/**
 * A light picture with a red corner at the top left and a blue one at the bottom right, as it is seen. `turned`: a JPEG that is
 * stored lying on its side.
 */
export function writeMarkedPicture(
  file: string,
  { width, height, turned = false }: { readonly width: number; readonly height: number; readonly turned?: boolean },
): void {
  const canvas = turned ? createCanvas(height, width) : createCanvas(width, height);
  const context = canvas.getContext("2d");
  if (turned) {
    context.rotate(-Math.PI / 2);
    context.translate(-width, 0);
  }
  context.fillStyle = "#eee";
  context.fillRect(0, 0, width, height);
  context.fillStyle = "#f00";
  context.fillRect(0, 0, width / 4, height / 4);
  context.fillStyle = "#00f";
  context.fillRect((width * 3) / 4, (height * 3) / 4, width / 4, height / 4);
  if (!turned) {
    writeFileSync(file, canvas.toBuffer("image/png"));
    return;
  }
  const jpeg = canvas.toBuffer("image/jpeg", 95);
  writeFileSync(file, Buffer.concat([jpeg.subarray(0, 2), turnedRight, jpeg.subarray(2)]));
}
