import { expect, test } from "vitest";
import { describeExit } from "../../../electron/app/process-exit.ts";

test("an exit without a reason is an exit code", () => {
  expect(describeExit(0, undefined)).toEqual({ code: 0, signal: null });
  expect(describeExit(9, undefined)).toEqual({ code: 9, signal: null });
  expect(describeExit(3, { reason: "abnormal-exit", exitCode: 3 })).toEqual({ code: 3, signal: null });
});

test("a kill and a crash are signals, however they are numbered", () => {
  expect(describeExit(9, { reason: "killed", exitCode: 9 })).toEqual({ code: null, signal: "SIGKILL" });
  expect(describeExit(0, { reason: "killed", exitCode: 15 })).toEqual({ code: null, signal: "SIGTERM" });
  expect(describeExit(6, { reason: "crashed", exitCode: 6 })).toEqual({ code: null, signal: "SIGABRT" });
  expect(describeExit(139, { reason: "crashed", exitCode: 139 })).toEqual({ code: null, signal: "SIGSEGV" });
  expect(describeExit(-1, { reason: "oom", exitCode: -1 })).toEqual({ code: null, signal: "SIGKILL" });
});
