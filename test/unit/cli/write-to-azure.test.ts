import { describe, expect, it } from "vitest";
import { writeToAzure } from "../../../electron/cli/commands/azure/write-to-azure.ts";
import type { CommandContext } from "../../../electron/cli/terminal/command.ts";
import { createScreen } from "../../../electron/cli/terminal/screen.ts";
import { failure, type Result, success } from "../../../electron/contract/problem.ts";
import type { AzureWrite } from "../../../electron/contract/views/azure-write.ts";
import type { Waiting } from "../../../electron/workspace/azure/azure.ts";

const write: AzureWrite = { noun: "deployment", name: "blue", endpoint: "churn", change: "create" };

/** A terminal that somebody sits at (`width`) or not, and can press Ctrl-C. */
function terminal(width: number | null = null) {
  let stderr = "";
  let press = () => {};
  const say = (text: string) => (stderr += text);
  const screen = createScreen({ width, resultWidth: width, stdout: () => {}, stderr: say, ask: null });
  const context = {
    terminal: { ...screen, print: null },
    interrupts: {
      take: (handler: () => void) => {
        press = handler;
        return () => (press = () => {});
      },
      exit: () => {},
    },
  } as unknown as CommandContext;
  const values = { text: () => null, flag: () => false, list: () => [], positionals: [] };
  return {
    run: (change: (waiting: Waiting) => Promise<Result<null>>) =>
      writeToAzure(context, values, change, () => success(0)),
    press: () => press(),
    noted: () => stderr,
  };
}

describe("a change in Azure", () => {
  it("is told state by state where no line can be overwritten", async () => {
    const { run, noted } = terminal();
    const done = await run(async ({ onProgress }) => {
      onProgress({ kind: "uploading", what: "model", sentBytes: 0, totalBytes: 2048, bytesPerSecond: 0 });
      onProgress({ kind: "registered", what: "model", name: "net", version: "3", isNew: true });
      for (const status of ["Creating", "Creating", "Finishing"])
        onProgress({ kind: "working", status, seconds: 1, ...write });
      onProgress({ kind: "done", ...write });
      return success(null);
    });
    expect(done).toEqual(success(0));
    expect(noted()).toBe(
      "Registered the model net:3.\nMaking the deployment blue: Creating\nMaking the deployment blue: Finishing\n",
    );
  });

  it("is shown on one line of a terminal", async () => {
    const { run, noted } = terminal(80);
    await run(async ({ onProgress }) => {
      onProgress({ kind: "uploading", what: "code", sentBytes: 1024, totalBytes: 2048, bytesPerSecond: 0 });
      onProgress({ kind: "working", status: "Creating", seconds: 1, ...write });
      return success(null);
    });
    expect(noted()).toContain("Uploading the code: 1.0 KiB of 2.0 KiB");
    expect(noted()).toContain("Making the deployment blue: Creating");
    expect(noted()).not.toContain("\n");
  });

  it("is left to Azure by Ctrl-C, which ends with 130 and says how to look", async () => {
    const { run, press, noted } = terminal();
    const left = await run(async ({ signal }) => {
      press();
      expect(signal.aborted).toBe(true);
      return failure("azure/operation-unfinished:left", write);
    });
    expect(left).toEqual(success(130));
    expect(noted()).toMatch(
      /goes on with it\. See how it stands: batchdeck deployment show -n blue -e churn --remote\n$/,
    );
  });

  it.each([
    [
      "that Azure refused at once is a refusal",
      false,
      failure("azure/refused", { status: 400, code: "A", reason: "B." }),
      null,
    ],
    [
      "that failed after something was sent ends with 1",
      true,
      failure("azure/refused", { status: 400, code: "A", reason: "B." }),
      1,
    ],
    [
      "that Azure could not finish ends with 1",
      false,
      failure("azure/operation-failed", { ...write, code: "A", reason: "B." }),
      1,
    ],
  ] as const)("%s", async (_what, isSent, problem, code) => {
    const { run } = terminal();
    const ended = await run(async ({ onProgress }) => {
      if (isSent) onProgress({ kind: "registered", what: "model", name: "net", version: "3", isNew: true });
      return problem;
    });
    expect(ended).toEqual(code === null ? problem : success(code));
  });
});
