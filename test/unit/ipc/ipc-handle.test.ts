import { expect, test } from "vitest";
import { failure, success } from "../../../electron/contract/problem.ts";
import { type CallEvent, type CallGate, callListener } from "../../../electron/ipc/call.ts";

function gate(overrides: Partial<CallGate> = {}): CallGate & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    trustedSenders: new Set([7]),
    origin: "app://batchdeck/",
    checkAnswers: true,
    log: (line) => lines.push(line),
    expected: () => null,
    lines,
    ...overrides,
  };
}

const ownPage: CallEvent = { sender: { id: 7 }, senderFrame: { url: "app://batchdeck/index.html", parent: null } };
const job = { name: "iris-1" };

test("a call of our own page is parsed, run and answered in the envelope", async () => {
  const listener = callListener("jobs:delete", () => success(null), gate());
  expect(await listener(ownPage, job)).toEqual({ ok: true, value: null });
});

test.each<[string, CallEvent]>([
  ["another web contents", { ...ownPage, sender: { id: 8 } }],
  ["no frame", { ...ownPage, senderFrame: null }],
  ["a frame inside the page", { ...ownPage, senderFrame: { url: "app://batchdeck/index.html", parent: {} } }],
  ["another address", { ...ownPage, senderFrame: { url: "https://batchdeck/", parent: null } }],
  ["a host that only starts alike", { ...ownPage, senderFrame: { url: "app://batchdeck.example/", parent: null } }],
])("a call from %s is refused before the handler runs", async (_who, event) => {
  let ran = false;
  const own = gate();
  const listener = callListener(
    "jobs:delete",
    () => {
      ran = true;
      return success(null);
    },
    own,
  );
  await expect(listener(event, job)).rejects.toThrow("Refused.");
  expect(ran).toBe(false);
  expect(own.lines).toHaveLength(1);
});

test.each([[{}], [{ name: 3 }], [{ name: "a", path: "/etc/passwd" }], [null], ["iris-1"]])(
  "the input %j is refused before the handler runs",
  async (input) => {
    let ran = false;
    const listener = callListener(
      "jobs:delete",
      () => {
        ran = true;
        return success(null);
      },
      gate(),
    );
    expect(await listener(ownPage, input)).toMatchObject({ ok: false, problem: { code: "usage/invalid" } });
    expect(ran).toBe(false);
  },
);

test("an expected failure keeps its problem", async () => {
  const listener = callListener("jobs:delete", () => failure("job/not-found", { job: "iris-1" }), gate());
  expect(await listener(ownPage, job)).toEqual({
    ok: false,
    problem: { code: "job/not-found", kind: "job/not-found", params: { job: "iris-1" } },
  });
});

test("a refusal for several reasons names all of them", async () => {
  const { problem } = failure("job/not-found", { job: "iris-1" });
  const others = [failure("output/exists", "The folder has files already.", "Choose another one.").problem];
  const listener = callListener("jobs:delete", () => ({ ok: false, problem, others }), gate());
  expect(await listener(ownPage, job)).toEqual({ ok: false, problem, others });
});

test("a handler that throws is answered as a bug and logged with its stack", async () => {
  const own = gate();
  const listener = callListener(
    "jobs:delete",
    () => {
      throw new Error("broken\nsecond line");
    },
    own,
  );
  const answer = await listener(ownPage, job);
  expect(answer).toMatchObject({ ok: false, problem: { code: "engine/bug" } });
  expect(JSON.stringify(answer)).not.toContain("second line");
  expect(own.lines.join()).toContain("ipc-handle.test.ts");
});

test("an answer that is not what the table says is a bug while developing", async () => {
  const wrong = () => success({ unexpected: true } as never);
  expect(await callListener("jobs:delete", wrong, gate())(ownPage, job)).toMatchObject({
    ok: false,
    problem: { code: "engine/bug" },
  });
  expect(await callListener("jobs:delete", wrong, gate({ checkAnswers: false }))(ownPage, job)).toMatchObject({
    ok: true,
  });
});
