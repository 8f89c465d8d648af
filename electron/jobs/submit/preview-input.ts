import { converse } from "../../compute/hosted-conversation.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { InputPreview, ToDataProcess } from "../../contract/messages/data-messages.ts";
import { fromDataProcessSchema } from "../../contract/messages/data-messages.ts";
import type { Result } from "../../contract/problem.ts";
import { failure, success } from "../../contract/problem.ts";

const patienceMs = 120_000;

/** Asks a data process what an input holds and whether the scorer can read it. */
export function previewInput(
  host: ProcessHost,
  request: Omit<Extract<ToDataProcess, { type: "preview" }>, "type">,
): Promise<Result<InputPreview>> {
  return new Promise((resolve) => {
    const answer = (result: Result<InputPreview>) => {
      clearTimeout(patience);
      resolve(result);
      conversation.kill();
    };
    const conversation = converse<ToDataProcess, typeof fromDataProcessSchema>(
      host,
      "data-process",
      fromDataProcessSchema,
      (message) => {
        // Files are being found: only silence is a reason to give up.
        patience.refresh();
        if (message.type === "previewed") answer(success(message.preview));
        else if (message.type === "problem") answer({ ok: false, problem: message.problem });
      },
      () => answer(failure("input/unreadable", "The input could not be read: the process that looked at it ended.")),
    );
    const patience = setTimeout(
      () =>
        answer(failure("input/unreadable", "The input did not answer within two minutes.", "Check the disk or share.")),
      patienceMs,
    );
    conversation.send({ type: "preview", ...request });
  });
}
