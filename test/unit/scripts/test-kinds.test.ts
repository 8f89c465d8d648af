import { expect, test } from "vitest";
// @ts-expect-error A script has no types.
import { kindsAskedFor as untyped } from "../../../scripts/test-kinds.mjs";

const kindsAskedFor = untyped as (args: readonly string[]) => readonly string[];
const all = ["unit", "engine", "integration", "faults", "desktop"];

test.each([
  [["test/unit/jobs/journal.test.ts"], ["unit"]],
  [["./test/unit"], ["unit"]],
  [
    ["test/unit/data", "test/faults"],
    ["unit", "faults"],
  ],
  [["C:\\batchdeck\\test\\unit\\jobs"], ["unit"]],
  [
    ["--project", "unit", "--project=engine"],
    ["unit", "engine"],
  ],
  [["--project", "engine", "queue"], ["engine"]],
  [["test/engine/queue.test.ts", "-t", "low priority"], ["engine"]],
  [["--reporter", "dot", "test/unit"], ["unit"]],
  [["--project", "unit", "test/desktop"], []],
])("%j asks for no more than these kinds", (args, kinds) => {
  expect(kindsAskedFor(args)).toEqual(kinds);
});

test.each([
  [[]],
  [["queue"]],
  [["test/unit", "queue"]],
  [["test"]],
  [["test/un"]],
  [["--project", "un*"]],
  [["--project=!desktop"]],
  [["-t", "low priority"]],
])("%j may run any kind", (args) => {
  expect(kindsAskedFor(args)).toEqual(all);
});
