import { Linter } from "eslint";
import { expect, test } from "vitest";
// @ts-expect-error A script has no types.
import config from "../../../eslint.config.mjs";

/** What the check forbids: to write to the terminal past the screen, and to make files without saying who may see them. */
function complaints(code: string, file: string): number {
  const messages = new Linter({ configType: "flat" }).verify(
    code,
    (config as Linter.Config[])
      .filter(({ rules, files }) => files !== undefined && rules !== undefined)
      .map(({ files, rules = {} }) => ({
        files: files ?? [],
        rules: Object.fromEntries(
          Object.entries(rules).filter(([name]) => name === "no-restricted-syntax" || name === "no-console"),
        ),
      })),
    { filename: file },
  );
  expect(messages.filter(({ fatal }) => fatal)).toEqual([]);
  return messages.length;
}

const product = ["electron/cli/commands/one.ts", "electron/jobs/run/one.ts", "native-worker/one.ts", "electron/cli.ts"];

test.each([
  "process.stdout.write(text)",
  "process['stderr'].write(text)",
  "globalThis.process.stderr.write(text)",
  "const { stdout } = process",
  "import { stdout } from 'node:process'",
  "console.log(text)",
  "fs.writeSync(1, text)",
  "writeFileSync(2, text, { mode: 384 })",
  "fs.writeFileSync('/dev/stdout', text, { mode: 384 })",
])("the terminal is not written to by %s", (code) => {
  for (const file of product) expect(complaints(code, file), file).toBeGreaterThan(0);
});

test.each([
  "fs.mkdirSync(folder, { recursive: true })",
  "await files.mkdir(folder)",
  "mkdirSync(folder)",
  "fs.openSync(file, 'w')",
  "await fs.promises.open(file, 'a+')",
  "openSync(file, 'wx')",
  "writeFileSync(file, text)",
  "appendFileSync(file, text, { flag: 'a' })",
  "fs.createWriteStream(file)",
  "fs.copyFileSync(one, other)",
  "await files.cp(one, other, { recursive: true })",
])("no file is made without a mode, as by %s", (code) => {
  for (const file of product) expect(complaints(code, file), file).toBeGreaterThan(0);
});

test.each([
  "const { stdout } = child; child.stdout.on('data', take)",
  "fs.writeSync(descriptor, text)",
  "fs.writeFileSync(descriptor, text)",
  "fs.openSync(file, 'r')",
  "fs.openSync(file, 'wx', ownerOnly.file)",
  "fs.mkdirSync(folder, { recursive: true, mode: ownerOnly.folder })",
])("what harms nobody is allowed: %s", (code) => {
  for (const file of product) expect(complaints(code, file), file).toBe(0);
});

test("the one module that writes to the terminal may", () => {
  expect(complaints("process.stdout.write(text)", "electron/cli/terminal/process-streams.ts")).toBe(0);
});
