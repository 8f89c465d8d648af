import fs from "node:fs";
import path from "node:path";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { InferenceSession, Tensor } from "onnxruntime-node";

/**
 * Pictures as a user's script would score them: canvas decodes and resizes. Arguments: model, folder, which of how many
 * shares. Prints pictures a second, its own start not counted.
 */
const [model = "", folder = "", shareText = "0", sharesText = "1"] = process.argv.slice(2);
const files = fs.readdirSync(folder).filter((_, index) => index % Number(sharesText) === Number(shareText));
const session = await InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const [side, batch] = [224, 10];
const context = createCanvas(side, side).getContext("2d");
process.stdout.write("ready\n");
fs.readSync(0, Buffer.alloc(1));

const startedAt = performance.now();
const values = new Float32Array(batch * 3 * side * side);
for (let first = 0; first < files.length; first += batch) {
  const names = files.slice(first, first + batch);
  for (const [place, name] of names.entries()) {
    context.drawImage(await loadImage(fs.readFileSync(path.join(folder, name))), 0, 0, side, side);
    const { data } = context.getImageData(0, 0, side, side);
    for (let channel = 0; channel < 3; channel += 1) {
      const at = (place * 3 + channel) * side * side;
      for (let pixel = 0; pixel < side * side; pixel += 1)
        values[at + pixel] = (data[pixel * 4 + channel] as number) / 255;
    }
  }
  const filled = values.subarray(0, names.length * 3 * side * side);
  await session.run({ image: new Tensor("float32", filled, [names.length, 3, side, side]) });
}
process.stdout.write(`${(files.length * 1000) / (performance.now() - startedAt)}\n`);
process.exit(0);
