import fs from "node:fs";
import path from "node:path";

const programs = path.join(import.meta.dirname, "../../dist");
/** Listing a folder asks after every file in it; checking a list asks only after what is listed, which this never is. */
export const unlistedName = "left-out.pdf";

/**
 * The built programs, with a data process that counts: its starts, and how often it lists a folder that holds
 * `unlistedName`. `cli` is the command line that starts these.
 */
export function countedPrograms(folder: string): {
  readonly folder: string;
  readonly cli: string;
  /** Since the last call. */
  readonly take: () => { readonly processes: number; readonly listings: number };
} {
  fs.mkdirSync(folder, { recursive: true });
  const log = path.join(folder, "data-process.log");
  for (const name of fs.readdirSync(programs).filter((one) => one.endsWith(".cjs"))) {
    fs.symlinkSync(path.join(programs, name), path.join(folder, name));
  }
  const dataProcess = path.join(folder, "data-process.cjs");
  fs.rmSync(dataProcess);
  fs.writeFileSync(
    dataProcess,
    `const fs = require("node:fs");
const { lstatSync } = fs;
fs.appendFileSync(${JSON.stringify(log)}, "process\\n");
fs.lstatSync = (file, ...options) => {
  if (String(file).endsWith(${JSON.stringify(unlistedName)})) fs.appendFileSync(${JSON.stringify(log)}, "listing\\n");
  return lstatSync(file, ...options);
};
require(${JSON.stringify(path.join(programs, "data-process.cjs"))});
`,
  );
  // Programs are looked for beside the command line's real file.
  const cli = path.join(folder, "cli.cjs");
  fs.rmSync(cli);
  fs.copyFileSync(path.join(programs, "cli.cjs"), cli);
  return {
    folder,
    cli,
    take() {
      const lines = fs.existsSync(log) ? fs.readFileSync(log, "utf8").split("\n") : [];
      fs.rmSync(log, { force: true });
      const count = (what: string): number => lines.filter((line) => line === what).length;
      return { processes: count("process"), listings: count("listing") };
    },
  };
}
