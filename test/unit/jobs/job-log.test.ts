import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openJobLog, readJobLog, readJobLogEnd } from "../../../electron/jobs/folder/job-log.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const root = temporaryFolder("job-log");
const line = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (WARNING|INFO   |DEBUG  ) /;

describe("a job's log", () => {
  it.each([
    ["warning", ["one"]],
    ["info", ["one", "two"]],
    ["debug", ["one", "two", "three"]],
  ] as const)("holds at logging_level %s what it should", (level, wanted) => {
    const folder = path.join(root, level);
    const log = openJobLog(folder, level);
    log.warning("one");
    log.info("two");
    log.debug("three");
    log.close();
    const lines = readJobLog(folder).trimEnd().split("\n");
    expect(lines.every((text) => line.test(text))).toBe(true);
    expect(lines.map((text) => text.replace(line, ""))).toEqual(wanted);
  });

  it("goes on where an engine before left off, and is there before anybody closes it", () => {
    const folder = path.join(root, "engines");
    openJobLog(folder, "info").info("first");
    openJobLog(folder, "info").info("second");
    expect(readJobLog(folder)).toMatch(/first\n.*second\n$/);
  });

  it("keeps an event on one line whatever the name of a file holds", () => {
    const folder = path.join(root, "lines");
    openJobLog(folder, "info").info("a\nb\u001b[31mc\u2028d\u0085e");
    expect(readJobLog(folder)).toMatch(/ a b \[31mc d e\n$/);
  });

  it("does not grow without end: the older half goes", () => {
    const folder = path.join(root, "bounded");
    const log = openJobLog(folder, "info", 4000);
    for (let count = 0; count < 1000; count += 1) log.info(`event ${count}`);
    log.close();
    const bytes = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size);
    expect(bytes).toHaveLength(2);
    expect(Math.max(...bytes)).toBeLessThan(4200);
    expect(readJobLog(folder)).toMatch(/event 998\n.*event 999\n$/);
  });

  it("does not grow without end when it is opened for each line either", () => {
    const folder = path.join(root, "bounded-anew");
    for (let count = 0; count < 500; count += 1) {
      const log = openJobLog(folder, "info", 4000);
      log.info(`event ${count}`);
      log.close();
    }
    const bytes = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size);
    expect(bytes).toHaveLength(2);
    expect(Math.max(...bytes)).toBeLessThan(4200);
  });

  it("is read from its end, in whole lines, over both of its halves", async () => {
    const folder = path.join(root, "end");
    const log = openJobLog(folder, "info", 4000);
    for (let count = 0; count < 150; count += 1) log.info(`event ${count}`);
    log.close();
    const all = readJobLog(folder);
    const end = await readJobLogEnd(folder, 4500);
    expect(end.isCut).toBe(true);
    expect(end.text.length).toBeGreaterThan(4400);
    expect(all.endsWith(`\n${end.text}`)).toBe(true);
    expect(await readJobLogEnd(folder, 1_000_000)).toEqual({ text: all, isCut: false });
  });

  it("never holds up a job because it cannot be written", () => {
    const folder = path.join(root, "file");
    fs.writeFileSync(folder, "in the way");
    const log = openJobLog(folder, "info");
    log.info("lost");
    log.close();
    expect(readJobLog(folder)).toBe("");
  });
});
