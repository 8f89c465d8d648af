import { once } from "node:events";
import fs from "node:fs";
import { parse } from "csv-parse";
import { InferenceSession, Tensor } from "onnxruntime-node";

/**
 * What a user would write: csv-parse, ONNX Runtime, a file. Arguments: model, table, output file, rows a run, rows at most.
 * Prints rows a second, its own start not counted, which is in its favour.
 */
const [model = "", table = "", output = "", batchText = "1024", maxText = "1000000"] = process.argv.slice(2);
const batch = Number(batchText);
const most = Number(maxText);
const session = await InferenceSession.create(model);
process.stdout.write("ready\n");
fs.readSync(0, Buffer.alloc(1));

const startedAt = performance.now();
const out = fs.createWriteStream(output);
let rows: Record<string, string>[] = [];
let done = 0;

async function score(): Promise<void> {
  const values = new Float32Array(rows.length * 20);
  rows.forEach((row, index) => {
    for (let column = 0; column < 20; column += 1) values[index * 20 + column] = Number(row[`f${column}`]);
  });
  const { probabilities, label } = await session.run({ features: new Tensor("float32", values, [rows.length, 20]) });
  const scores = probabilities?.data as Float32Array;
  const labels = label?.data as BigInt64Array;
  const lines = rows.map(
    (row, index) =>
      `${row["id"]},${scores[index * 3]},${scores[index * 3 + 1]},${scores[index * 3 + 2]},${labels[index]}`,
  );
  if (!out.write(`${lines.join("\n")}\n`)) await once(out, "drain");
  done += rows.length;
  rows = [];
}

for await (const row of fs.createReadStream(table).pipe(parse({ columns: true }))) {
  rows.push(row as Record<string, string>);
  if (rows.length === batch) await score();
  if (done >= most) break;
}
if (rows.length > 0 && done < most) await score();
await new Promise((resolve) => out.end(resolve));
process.stdout.write(`${(done * 1000) / (performance.now() - startedAt)}\n`);
process.exit(0);
