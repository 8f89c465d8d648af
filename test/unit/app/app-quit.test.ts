import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createQuitControl, type QuitAnswer } from "../../../electron/app/quit.ts";

let said: string[] = [];
let answer: (answer: QuitAnswer) => void = () => {};
let closed: () => void = () => {};

function control() {
  return createQuitControl({
    ask: () => {
      said.push("asked");
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    hideWindow: () => said.push("hidden"),
    close: () => {
      said.push("closing");
      return new Promise((resolve) => {
        closed = resolve;
      });
    },
    exit: () => said.push("exit"),
    log: () => {},
    maxEndMs: 1000,
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
});
afterEach(() => vi.useRealTimers());

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

test("without running jobs the window closes the program, after the work was ended in good order", async () => {
  const quit = control();
  expect(quit.windowMayClose()).toBe(false);
  expect(said).toEqual(["hidden", "closing"]);
  closed();
  await settle();
  expect(said).toEqual(["hidden", "closing", "exit"]);
  expect(quit.windowMayClose()).toBe(true);
});

test("a close that never ends is cut off", async () => {
  control().request();
  await vi.advanceTimersByTimeAsync(1000);
  expect(said).toEqual(["hidden", "closing", "exit"]);
});

test("with running jobs it asks, once, and staying changes nothing", async () => {
  const quit = control();
  quit.jobsRunning(true);
  quit.request();
  quit.request();
  expect(quit.windowMayClose()).toBe(false);
  answer("stay");
  await settle();
  expect(said).toEqual(["asked"]);
  expect(quit.isEnding()).toBe(false);
});

test("stopping ends the program", async () => {
  const quit = control();
  quit.jobsRunning(true);
  quit.request();
  answer("stop");
  await settle();
  expect(said).toEqual(["asked", "hidden", "closing"]);
});

test("in the background it ends when the jobs are done", async () => {
  const quit = control();
  quit.jobsRunning(true);
  quit.request();
  answer("background");
  await settle();
  expect(said).toEqual(["asked", "hidden"]);
  quit.jobsRunning(false);
  expect(said).toEqual(["asked", "hidden", "hidden", "closing"]);
});

test("a window that came back from the background keeps the program open when the jobs are done", async () => {
  const quit = control();
  quit.jobsRunning(true);
  quit.request();
  answer("background");
  await settle();
  quit.windowShown();
  quit.jobsRunning(false);
  expect(quit.isEnding()).toBe(false);
});

test("jobs that were done while the question stood leave nothing to run in the background", async () => {
  const quit = control();
  quit.jobsRunning(true);
  quit.request();
  quit.jobsRunning(false);
  answer("background");
  await settle();
  expect(quit.isEnding()).toBe(true);
});

test("the system's end asks nobody, not even while a question stands", async () => {
  const quit = control();
  quit.jobsRunning(true);
  quit.request();
  quit.endNow();
  answer("stay");
  closed();
  await settle();
  expect(said).toEqual(["asked", "hidden", "closing", "exit"]);
});
