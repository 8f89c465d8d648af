import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Debian's Python, which has pandas; the first one on the PATH may be another. */
export const debianPython = "/usr/bin/python3";

/** A script that says the model's text and each file's name. */
export const greetingScript = `import os

def init():
    global word
    with open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "net", "word.txt")) as file:
        word = file.read()

def run(mini_batch):
    return [word + os.path.basename(path) for path in mini_batch]
`;

/** Writes a project of a script as users have it: `deployment.yml`, `code/`, `net/` (the model). Returns the YAML's path. */
export function writeScriptProject(
  folder: string,
  options: {
    readonly files?: Readonly<Record<string, string>>;
    readonly script?: string;
    readonly environment?: string;
    readonly more?: readonly string[];
  } = {},
): string {
  const { files = { "score.py": greetingScript }, script = "score.py", environment, more = [] } = options;
  const all = {
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`code/${name}`, text])),
    "net/word.txt": "hello ",
    "deployment.yml": [
      "name: blue",
      "endpoint_name: flowers",
      "type: model",
      "model: {path: net}",
      `code_configuration: {code: code, scoring_script: ${script}}`,
      ...(environment === undefined ? [] : [`environment: ${environment}`]),
      ...more,
      "",
    ].join("\n"),
  };
  for (const [name, text] of Object.entries(all)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return path.join(folder, "deployment.yml");
}

/** A program at `file` that calls itself a Python of that version and runs nothing. */
export function writeFalsePython(file: string, version: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho ${version}\n`);
  chmodSync(file, 0o755);
  return file;
}
