import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ArrivedFile } from "../../../electron/contract/messages/watch-messages.ts";
import { openRegistry, type Registry } from "../../../electron/registry/open-registry.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const root = temporaryFolder("registry-watches");
let count = 0;
let registry: Registry;

beforeEach(() => {
  count += 1;
  const opened = openRegistry(path.join(root, `${count}.db`));
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  registry = opened.value;
  registry.watches.add({
    ...{ id: "one", folder: "/data/in", endpointName: "flowers", deploymentName: null, outputPath: null },
    ...{ overrides: {}, settleSeconds: 5 },
  });
});
afterEach(() => registry.close());

const file = (name: string, identity: string, sizeBytes = 10): ArrivedFile => ({
  ...{ path: name, sizeBytes, modifiedMs: sizeBytes * 1000, identity },
});

describe("files that were taken from a watched folder", () => {
  test("are known under their new names after others took their old ones", () => {
    registry.watches.addSubmitted("one", "job-1", [file("log.csv", "1:1")]);
    registry.watches.addSubmitted("one", "job-2", [file("log.csv", "2:2", 20)]);
    registry.watches.addSubmitted("one", "job-3", [file("log.csv", "3:3", 30)]);
    expect(registry.watches.knows("one", file("log.2.csv", "1:1"))).toBe(true);
    expect(registry.watches.knows("one", file("log.1.csv", "2:2", 20))).toBe(true);
    expect(registry.watches.knows("one", file("log.csv", "3:3", 30))).toBe(true);
    expect(registry.watches.knows("one", file("log.csv", "4:4", 40))).toBe(false);
  });

  test("are not known any more as they were before they grew", () => {
    registry.watches.addSubmitted("one", "job-1", [file("a.csv", "1:1")]);
    registry.watches.addSubmitted("one", "job-2", [file("a.csv", "1:1", 20)]);
    expect(registry.watches.knows("one", file("a.csv", "1:1"))).toBe(false);
    expect(registry.watches.knows("one", file("b.csv", "1:1", 20))).toBe(true);
  });
});
