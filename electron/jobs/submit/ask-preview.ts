import type { ProcessHost } from "../../compute/process-host.ts";
import type { FromDataProcess, InputPreview, ToDataProcess } from "../../contract/messages/data-messages.ts";
import { problemOf, type Result, success } from "../../contract/problem.ts";
import { askDataProcess } from "./ask-data-process.ts";

export type PreviewRequest = Omit<Extract<ToDataProcess, { type: "preview" }>, "type">;
/** `unchanged` only when the request says that the earlier answer is known. */
export type Previewed = Extract<FromDataProcess, { type: "previewed" | "unchanged" }>;

const died = problemOf("input/unreadable:preview-ended");

/** Asks a data process what an input holds and whether the scorer can read it. */
export function askPreview(
  host: ProcessHost,
  request: PreviewRequest,
  signal: AbortSignal | null,
): Promise<Result<Previewed>> {
  return askDataProcess(
    host,
    { type: "preview", ...request },
    {
      answer: (message) => (message.type === "previewed" || message.type === "unchanged" ? message : null),
      died,
      signal,
    },
  );
}

/** The same for an input whose list nobody keeps. */
export async function previewInput(
  host: ProcessHost,
  request: Omit<PreviewRequest, "seen">,
): Promise<Result<InputPreview>> {
  const answer = await askPreview(host, request, null);
  if (!answer.ok) return answer;
  return answer.value.type === "previewed" ? success(answer.value.preview) : { ok: false, problem: died };
}
