import fs from "node:fs";
import path from "node:path";

/** Scoring scripts as users write them for Azure, and as Batchdeck generates them. */

/** Rows as a generated script returns them: file, row, then `id` and `score`, the sum of a row's other numbers. A word is an error. */
const generated = `
import csv, hashlib, os
import pandas

def init():
    pass

def run(mini_batch):
    rows, errors = [], []
    for path in mini_batch:
        name = os.path.basename(path)
        with open(path, newline="", encoding="utf-8") as file:
            for number, cells in enumerate(csv.DictReader(file), start=1):
                try:
                    score = sum(float(value) for key, value in cells.items() if key != "id")
                except ValueError:
                    errors.append([name, number, "preprocess", "cell-not-a-number", "It is no number.", str(cells["a"])])
                    continue
                rows.append([name, number, cells["id"], score])
    if errors:
        names = "\\n".join(os.path.basename(path) for path in mini_batch)
        folder = os.path.join(os.environ["AZUREML_BI_OUTPUT_PATH"], "errors")
        os.makedirs(folder, exist_ok=True)
        target = os.path.join(folder, hashlib.sha256(names.encode()).hexdigest() + ".csv")
        with open(target + ".tmp", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\\n")
            writer.writerow(["file", "row", "stage", "code", "message", "value"])
            writer.writerows(errors)
        os.replace(target + ".tmp", target)
    return pandas.DataFrame(rows, columns=["file", "row", "id", "score"])
`;

/** The same, but for files that `fails.txt` beside the model names: their mini-batches fail. */
const moody = `${generated}
run_calmly = run

def run(mini_batch):
    listed = os.path.join(os.environ["AZUREML_MODEL_DIR"], "fails.txt")
    names = open(listed, encoding="utf-8").read().split() if os.path.exists(listed) else []
    if any(os.path.basename(path) in names for path in mini_batch):
        raise RuntimeError("It is in no mood.")
    return run_calmly(mini_batch)
`;

/** What the property `batchdeck.output` of such a deployment says. */
export const generatedOutput = JSON.stringify({ columns: ["id", "score"], keys: true });

/** One row a file, with its name in the middle, and a text with a space. */
const custom = `
import os

def init():
    pass

def run(mini_batch):
    import pandas
    names = [os.path.basename(path) for path in mini_batch]
    return pandas.DataFrame({"size": [os.path.getsize(path) for path in mini_batch], "name": names, "label": "a b"})
`;

/** Lines of text, which are no table. */
const lines = `
import os

def init():
    pass

def run(mini_batch):
    return [f"{os.path.basename(path)}: {'x ' * (at + 1)}" for at, path in enumerate(mini_batch)]
`;

/** Says what it does, in colours, and moves a bar. */
const talking = `
import os, sys

def init():
    print("\\x1b[31mloading\\x1b[0m the model")

def run(mini_batch):
    sys.stdout.write("10%\\r50%\\r100%\\n")
    for path in mini_batch:
        print("scored " + os.path.basename(path))
    return [f"{os.path.basename(path)} ok" for path in mini_batch]
`;

/** Returns nothing for anything. */
const silent = `
def init():
    pass

def run(mini_batch):
    return []
`;

const scripts = { generated, custom, lines, silent, talking, moody } as const;

/** Writes one of them to a folder, as `score.py`. */
export function writeScript(folder: string, which: keyof typeof scripts): string {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "score.py"), scripts[which]);
  return folder;
}
