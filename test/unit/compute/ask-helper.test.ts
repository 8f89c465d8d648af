import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { startHelper } from "../../../electron/compute/ask-helper.ts";
import { measureModel, readTokenizer, tryDevice } from "../../../electron/compute/ask-device-process.ts";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import type { HostedProcess, ProcessHost, ProgramName } from "../../../electron/compute/process-host.ts";
import { type Problem, success, written } from "../../../electron/contract/problem.ts";
import { scanModel } from "../../../electron/deployments/models/model-scan.ts";
import { startModelReader } from "../../../electron/deployments/models/open-model.ts";
import { countChanges } from "../../../electron/jobs/submit/check-input.ts";
import { askPreview } from "../../../electron/jobs/submit/ask-preview.ts";
import { createResultsReader } from "../../../electron/outputs/results.ts";
import { jobSpec, smallScorer } from "../../helpers/engine/job-specs.ts";
import { scriptedHost } from "../../helpers/engine/scripted-host.ts";
import { isAlive } from "../../helpers/processes.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Helper processes that misbehave: whoever asks them gets a problem, and no process is left. */
const root = temporaryFolder("ask-helper");
const programs: readonly ProgramName[] = ["device-process", "data-process", "model-process", "results-process"];

const behaviours = {
  "sends what does not parse": `process.on("message", () => process.send({ type: "nonsense", rows: [[1]] }));`,
  "exits when it is asked": `process.on("message", () => process.exit(7));`,
  "exits before it is asked": "process.exit(7);",
  "is killed": `process.on("message", () => process.kill(process.pid, "SIGKILL"));`,
} as const;
const silent = `process.on("message", () => undefined); setInterval(() => undefined, 1000);`;

let started: HostedProcess[] = [];

/** The real host over programs of our own making, and a note of every process. */
function hostOf(source: string): ProcessHost {
  const folder = fs.mkdtempSync(path.join(root, "programs-"));
  for (const program of programs) fs.writeFileSync(path.join(folder, `${program}.cjs`), source);
  const host = nodeProcessHost(folder);
  return {
    start(program, options) {
      const child = host.start(program, options);
      started.push(child);
      return child;
    },
  };
}

async function untilNoneIsAlive(): Promise<void> {
  const alive = () => started.filter((child) => isAlive(child.pid() ?? -1)).length;
  await expect.poll(alive, { timeout: 20_000 }).toBe(0);
}

beforeEach(() => {
  started = [];
});
afterEach(() => {
  vi.useRealTimers();
  for (const child of started) child.kill();
});

const model = path.join(root, "model.onnx");
fs.writeFileSync(model, "x");
const expectedCode: unknown = expect.stringMatching(
  /^(input\/unreadable|model\/unreadable|device\/unavailable|scorer\/invalid)$/,
);
const input = { path: root, kind: "folder" as const, recursive: true };
const page = { file: path.join(root, "none.csv"), format: "csv", lengthBytes: null } as const;

/** The problem that each client of a helper process ends with. */
const clients: Readonly<Record<string, (host: ProcessHost, signal: AbortSignal | null) => Promise<Problem | null>>> = {
  "a look at an input": async (host, signal) => {
    const answer = await askPreview(host, { input, scorer: smallScorer, samples: [], copiesFolder: null }, signal);
    return answer.ok ? null : answer.problem;
  },
  "a check of an input": async (host, signal) => {
    const answer = await countChanges(host, jobSpec("one"), path.join(root, "listing.jsonl"), signal);
    return answer.ok ? null : answer.problem;
  },
  "the scan of a model": async (host, signal) => {
    const answer = await scanModel(host, model, { signal });
    return answer.ok ? null : answer.problem;
  },
  "trying a device": async (host, signal) => {
    const report = await tryDevice(host, "cpu", signal);
    return report.available ? null : written("device/unavailable", report.missing, report.remedy);
  },
};

const clientsWithoutSignal: Readonly<Record<string, (host: ProcessHost) => Promise<Problem | null>>> = {
  "opening a model": async (host) => {
    const answer = await startModelReader(host).open(model);
    return answer.ok ? null : answer.problem;
  },
  "measuring a model": async (host) => {
    const { scorer, device } = jobSpec("one");
    const answer = await measureModel(host, { file: model, scorer, device, items: 5, workers: 2, share: 0.1 });
    return answer.ok ? null : answer.problem;
  },
  "reading a tokenizer": async (host) => {
    const answer = await readTokenizer(host, model);
    return answer.ok ? null : answer.problem;
  },
  "a page of results": async (host) => {
    const answer = await createResultsReader(host).page(page, 0, 5);
    return answer.ok ? null : answer.problem;
  },
};

describe.each(Object.entries({ ...clients, ...clientsWithoutSignal }))("%s", (_client, ask) => {
  test.each(Object.entries(behaviours))("ends as a problem when its process %s", async (_behaviour, source) => {
    expect(await ask(hostOf(source), null)).toMatchObject({ code: expectedCode });
    await untilNoneIsAlive();
  });

  test("ends as a problem when the system cannot start its process", async () => {
    const host = scriptedHost();
    host.refusing = Object.assign(new Error("spawn ENOMEM"), { code: "ENOMEM" });
    expect(await ask(host, null)).toMatchObject({ code: expectedCode });
  });

  test("ends as a problem when its process never answers", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const asked = ask(hostOf(silent), null);
    await vi.waitFor(() => {
      if (started.length === 0) throw new Error("It has not started.");
    });
    vi.advanceTimersByTime(5 * 60_000);
    vi.useRealTimers();
    expect(await asked).toMatchObject({ code: expectedCode });
    await untilNoneIsAlive();
  });
});

test.each(Object.entries(clients))(
  "%s that is aborted ends as a problem, and its process with it",
  async (_client, ask) => {
    const abort = new AbortController();
    const asked = ask(hostOf(silent), abort.signal);
    await expect.poll(() => started[0]?.pid(), { timeout: 20_000 }).toBeGreaterThan(0);
    abort.abort();
    expect(await asked).not.toBeNull();
    await untilNoneIsAlive();
  },
);

test.each(Object.entries(clients))("%s that was aborted before starts no process", async (_client, ask) => {
  const abort = new AbortController();
  abort.abort();
  expect(await ask(hostOf(silent), abort.signal)).not.toBeNull();
  expect(started.filter((child) => child.pid() !== undefined && isAlive(child.pid() ?? -1))).toEqual([]);
});

describe("a helper that is asked several questions", () => {
  const echo = `process.on("message", (text) => setTimeout(() => process.send({ text }), text === "late" ? 60_000 : 5));`;
  const program = {
    program: "data-process",
    messages: z.strictObject({ text: z.string() }),
    died: written("engine/bug", "It died.", ""),
  } as const;
  const timedOut = written("engine/bug", "It timed out.", "");
  const question = (send: string, ms = 60_000) => ({
    send,
    answer: (message: { text: string }) => success(message.text),
    timeout: { ms, of: "answer" as const },
    timedOut,
  });
  const start = (host: ProcessHost) => startHelper<string, typeof program.messages>(host, program);

  test("answers them in order from one process", async () => {
    const helper = start(hostOf(echo));
    const answers = await Promise.all(["a", "b", "c"].map((text) => helper.ask(question(text))));
    expect(answers).toEqual(["a", "b", "c"].map((text) => ({ ok: true, value: text })));
    expect(started).toHaveLength(1);
    helper.end();
    expect(await helper.gone).not.toBeNull();
  });

  test("ends with the question that runs out of time; those that wait get a problem too", async () => {
    const helper = start(hostOf(echo));
    const [late, waiting] = await Promise.all([helper.ask(question("late", 300)), helper.ask(question("b"))]);
    expect(late).toEqual({ ok: false, problem: timedOut });
    expect(waiting).toEqual({ ok: false, problem: program.died });
    expect(helper.isGone()).toBe(true);
    expect(await helper.ask(question("c"))).toEqual({ ok: false, problem: program.died });
    await untilNoneIsAlive();
  });

  test("goes on when a question that still waits is aborted", async () => {
    const helper = start(hostOf(echo));
    const abort = new AbortController();
    const first = helper.ask(question("a"));
    const second = helper.ask(question("b"), abort.signal);
    abort.abort();
    expect(await second).toEqual({ ok: false, problem: program.died });
    expect(await first).toEqual({ ok: true, value: "a" });
    expect(await helper.ask(question("c"))).toEqual({ ok: true, value: "c" });
    helper.end();
  });

  test("is not ended by a silence that its reports break", async () => {
    const source = `process.on("message", () => {
      let count = 0;
      setInterval(() => process.send({ text: count++ < 5 ? "progress" : "done" }), 100);
    });`;
    const helper = start(hostOf(source));
    const answer = await helper.ask({
      send: "x",
      answer: ({ text }) => (text === "done" ? success(text) : null),
      timeout: { ms: 2000, of: "silence" },
      timedOut,
    });
    expect(answer).toEqual({ ok: true, value: "done" });
    helper.end();
  });
});
