import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

/** A folder that is gone when the test file has ended. To be called outside of tests. */
export function temporaryFolder(label: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `batchdeck-${label}-`));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export type Places = {
  readonly root: string;
  /** Of the workspace. */
  readonly home: string;
  readonly input: string;
  readonly outOf: (job: string) => string;
};

/** Where the tests of a file have their workspace, input and outputs: in a temporary folder, and none of them made yet. */
export function temporaryPlaces(label: string): Places {
  const root = temporaryFolder(label);
  return {
    root,
    home: path.join(root, "home"),
    input: path.join(root, "input"),
    outOf: (job) => path.join(root, "out", job),
  };
}
