import { expect, it } from "vitest";
import type { HostedProcess, ProcessExit } from "../../../electron/compute/process-host.ts";
import { startWorker } from "../../../electron/compute/worker.ts";

it("is not heard any more once its end was told: a late refusal or result reaches nobody", () => {
  const told: { message: (raw: unknown) => void; exit: (exit: ProcessExit) => void } = {
    message: () => undefined,
    exit: () => undefined,
  };
  const child = {
    pid: () => 1,
    send: () => undefined,
    kill: () => true,
    onMessage: (listener: (raw: unknown) => void) => void (told.message = listener),
    onExit: (listener: (exit: ProcessExit) => void) => void (told.exit = listener),
  } as unknown as HostedProcess;
  const heard: string[] = [];
  const worker = startWorker({ start: () => child }, "worker-1", "key", {}, () => heard.push("gone"));
  worker.listen({ onMessage: ({ type }) => heard.push(type), onDeath: () => heard.push("death") });
  const closed = { type: "job-closed" };
  told.message(closed);
  told.exit({ code: 1, signal: null });
  told.message(closed);
  expect(heard).toEqual(["job-closed", "gone", "death"]);
});
