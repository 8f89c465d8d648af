import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CommittedMiniBatch } from "../../../electron/contract/messages/worker-messages.ts";
import { readWorkerStatus } from "../../../electron/contract/messages/worker-status.ts";
import { createCommitGroup } from "../../../native-worker/writers/commit-group.ts";
import { createSegment } from "../../../native-worker/writers/segment.ts";
import { createStatusFile } from "../../../native-worker/writers/status-file.ts";
import type { WriteProblem } from "../../../native-worker/writers/write-problem.ts";
import { seededRandom } from "../../helpers/random.ts";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "segment-"));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const checksumOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);
const randomBytes = (length: number, seed: number) => {
  const random = seededRandom(seed);
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
};

describe("a segment", () => {
  test("a record that is given up after its end does not make two chunks of one", async () => {
    const segment = createSegment(path.join(folder, "twice.segment"));
    const first = segment.startRecord();
    first.append(Buffer.from("x"));
    await first.finish();
    await first.abandon();
    const second = segment.startRecord();
    const underway = second.chunk;
    second.position = underway.length;
    second.reserve(1);
    expect(second.chunk).not.toBe(underway);
    await second.finish();
    await segment.close();
  });

  test("records lie one behind the other, each with its place and checksum, whatever size their pieces have", async () => {
    const file = path.join(folder, "a.segment");
    const segment = createSegment(file);
    const contents = [randomBytes(10, 1), randomBytes(3_500_000, 2), Buffer.alloc(0), randomBytes(1_048_576, 3)];
    let expectedOffset = 0;
    for (const [index, content] of contents.entries()) {
      const record = segment.startRecord();
      for (let at = 0; at < content.length; at += 70_001) {
        record.append(content.subarray(at, at + 70_001));
        expect(await record.drain()).toBeNull();
      }
      expect(record.length()).toBe(content.length);
      expect([index, await record.finish()]).toEqual([
        index,
        { offset: expectedOffset, bytes: content.length, checksum: checksumOf(content) },
      ]);
      expectedOffset += content.length;
    }
    expect(await segment.sync()).toBeNull();
    await segment.close();
    expect(fs.readFileSync(file).equals(Buffer.concat(contents))).toBe(true);
  });

  test("one piece may be larger than a chunk", async () => {
    const segment = createSegment(path.join(folder, "a.segment"));
    const record = segment.startRecord();
    const content = randomBytes(2_500_000, 5);
    record.append(Buffer.from("before"));
    record.append(content);
    record.append(Buffer.from("behind"));
    const whole = Buffer.concat([Buffer.from("before"), content, Buffer.from("behind")]);
    expect(await record.finish()).toMatchObject({ bytes: whole.length, checksum: checksumOf(whole) });
    await segment.close();
    expect(fs.readFileSync(path.join(folder, "a.segment")).equals(whole)).toBe(true);
  });

  test("a record that was given up leaves its place to the next", async () => {
    const file = path.join(folder, "a.segment");
    const segment = createSegment(file);
    const first = segment.startRecord();
    first.append(Buffer.from("kept"));
    await first.finish();
    const second = segment.startRecord();
    second.append(randomBytes(2_000_000, 7));
    await second.abandon();
    const third = segment.startRecord();
    third.append(Buffer.from("behind it"));
    expect(await third.finish()).toMatchObject({ offset: 4, bytes: 9 });
    await segment.close();
    expect(fs.readFileSync(file).toString("latin1", 0, 13)).toBe("keptbehind it");
  });

  test("the file is never taken over from someone else", () => {
    const file = path.join(folder, "a.segment");
    fs.writeFileSync(file, "another worker's");
    expect(() => createSegment(file)).toThrow(/EEXIST/);
    expect(fs.readFileSync(file, "utf8")).toBe("another worker's");
  });

  test("a full disk is an answer, not an exception", async () => {
    // The device takes no byte; it is there already, so it is opened by way of a segment that exists under another name.
    const file = path.join(folder, "full.segment");
    const openSync = fs.openSync;
    fs.openSync = () => openSync("/dev/full", "w");
    const segment = createSegment(file);
    fs.openSync = openSync;
    const record = segment.startRecord();
    record.append(Buffer.from("rows"));
    expect(await record.finish()).toMatchObject({ errno: "ENOSPC" });
    await segment.close();
  });
});

describe("commits", () => {
  const miniBatch = (miniBatchId: number, rowsBytes = 10): CommittedMiniBatch => ({
    miniBatchId,
    attempt: 1,
    offset: 0,
    rowsBytes,
    errorsBytes: 0,
    checksum: "0".repeat(16),
    itemFiles: null,
    succeeded: 1,
    failed: 0,
    notANumber: 0,
    rows: 1,
    columns: null,
    failedParts: [],
    smallestRun: null,
    times: { read: 0, preprocess: 0, infer: 0, postprocess: 0, write: 0 },
    startedAt: 0,
    durationMs: 0,
    processMs: 0,
  });

  /** A sync that ends when the test says so. */
  function heldSync() {
    const held: ((problem: WriteProblem | null) => void)[] = [];
    return {
      sync: () => new Promise<WriteProblem | null>((resolve) => held.push(resolve)),
      started: () => held.length,
      end: async (index: number, problem: WriteProblem | null = null) => {
        held[index]?.(problem);
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
  }

  test("a mini-batch is reported only by the sync that began after it was written", async () => {
    const reported: number[][] = [];
    const disk = heldSync();
    const commits = createCommitGroup(
      disk.sync,
      (miniBatches) => reported.push(miniBatches.map((each) => each.miniBatchId)),
      () => undefined,
    );
    commits.add(miniBatch(0));
    commits.add(miniBatch(1));
    expect(disk.started()).toBe(0);
    commits.hurry();
    expect(disk.started()).toBe(1);
    commits.add(miniBatch(2));
    commits.hurry();
    expect(disk.started()).toBe(1);
    expect(reported).toEqual([]);
    await disk.end(0);
    expect(reported).toEqual([[0, 1]]);
    expect(disk.started()).toBe(2);
    await disk.end(1);
    expect(reported).toEqual([[0, 1], [2]]);
  });

  test("many bytes are synced at once, few after a while", async () => {
    const reported: number[] = [];
    const commits = createCommitGroup(
      async () => null,
      (miniBatches) => reported.push(...miniBatches.map((each) => each.miniBatchId)),
      () => undefined,
    );
    commits.add(miniBatch(0, 9_000_000));
    await new Promise((resolve) => setImmediate(resolve));
    expect(reported).toEqual([0]);
    commits.add(miniBatch(1));
    await expect.poll(() => reported).toEqual([0, 1]);
  });

  test("what a failed sync covered is lost, what came after is not", async () => {
    const reported: number[] = [];
    const lost: unknown[] = [];
    const disk = heldSync();
    const commits = createCommitGroup(
      disk.sync,
      (miniBatches) => reported.push(...miniBatches.map((each) => each.miniBatchId)),
      (miniBatches, problem) => lost.push(...miniBatches.map((each) => [each.miniBatchId, problem.errno])),
    );
    commits.add(miniBatch(0));
    commits.hurry();
    commits.add(miniBatch(1));
    const settled = commits.settle();
    await disk.end(0, { message: "no space left on device", errno: "ENOSPC" });
    await disk.end(1);
    await settled;
    expect([lost, reported]).toEqual([[[0, "ENOSPC"]], [1]]);
  });
});

describe("the status file", () => {
  test("says what is being risked, and nothing while nothing is", () => {
    const file = path.join(folder, "status");
    fs.writeFileSync(file, "what an earlier worker left behind, longer than a status");
    const status = createStatusFile(file);
    expect(fs.statSync(file).size).toBe(16);
    expect(readWorkerStatus(fs.readFileSync(file))).toBeNull();
    status.risk(7, 100, 164, "infer");
    expect(readWorkerStatus(fs.readFileSync(file))).toEqual({ miniBatchId: 7, start: 100, end: 164, stage: "infer" });
    status.risk(7, 3, 4, "preprocess");
    expect(readWorkerStatus(fs.readFileSync(file))).toEqual({ miniBatchId: 7, start: 3, end: 4, stage: "preprocess" });
    status.idle();
    expect(readWorkerStatus(fs.readFileSync(file))).toBeNull();
    status.close();
  });
});
