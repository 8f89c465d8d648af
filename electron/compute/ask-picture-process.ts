import {
  fromPictureProcessSchema,
  type SeePictures,
  type ShowPicture,
  type ToPictureProcess,
} from "../contract/messages/picture-messages.ts";
import type { SeenPicture, ShownPicture } from "../contract/nouns/pictures/shown-picture.ts";
import { problemOf, type Result, success } from "../contract/problem.ts";
import { askHelper, type HelperProgram } from "./ask-helper.ts";
import { helperTimeouts } from "./helper-timeouts.ts";
import { lastingHelper } from "./lasting-helper.ts";
import type { ProcessHost } from "./process-host.ts";

const ended = problemOf("input/unreadable:picture-ended");
const program = {
  program: "picture-process",
  messages: fromPictureProcessSchema,
  died: ended,
} as const satisfies HelperProgram<typeof fromPictureProcessSchema>;

/** Somebody who looks at results goes from row to row, and then does something else. */
const idleMs = 60_000;

export type PictureViewer = {
  /**
   * Decodes a file of a job and makes it small. Problems: input/changed when it is not the one that was listed,
   * input/not-found when it is gone, input/unreadable.
   */
  readonly show: (picture: Omit<ShowPicture, "type">) => Promise<Result<ShownPicture>>;
  /** Ends the process. */
  readonly close: () => void;
};

/** Shows pictures one after another, from a process that a hostile one may end: the next one has another. */
export function createPictureViewer(host: ProcessHost): PictureViewer {
  const helper = lastingHelper<ToPictureProcess, typeof fromPictureProcessSchema>(host, program, idleMs);
  return {
    show: (picture) =>
      helper.ask({
        send: { type: "show", ...picture },
        answer(message) {
          if (message.type === "problem") return { ok: false, problem: message.problem };
          return message.type === "shown" ? success(message.picture) : null;
        },
        timeout: helperTimeouts.picture,
        timedOut: ended,
      }),
    close: helper.end,
  };
}

/** What the model sees of some files, as far as they could be decoded in time. Never rejects. */
export async function seePictures(
  host: ProcessHost,
  pictures: Omit<SeePictures, "type">,
  signal: AbortSignal | null,
): Promise<readonly SeenPicture[]> {
  const seen: SeenPicture[] = [];
  await askHelper(
    host,
    program,
    {
      send: { type: "see", ...pictures } satisfies ToPictureProcess,
      answer(message) {
        if (message.type === "done") return success(null);
        if (message.type === "seen") seen.push({ file: message.file, picture: message.picture });
        return null;
      },
      timeout: helperTimeouts.seenPictures,
      timedOut: ended,
    },
    signal,
  );
  return seen;
}
