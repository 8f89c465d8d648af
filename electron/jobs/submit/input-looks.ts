import fs from "node:fs";
import path from "node:path";
import { errnoOf } from "../folder/blocked.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { InputPreview } from "../../contract/messages/data-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { itemSource, type Scorer } from "../../contract/nouns/scorer.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { removeFolderSync, removeSync, renameSync } from "../../files/patient.ts";
import { copiesFolder } from "../folder/job-files.ts";
import { makePreflightFolder } from "../folder/preflight-folder.ts";
import { askPreview, type PreviewRequest } from "./ask-preview.ts";

/**
 * Looks at inputs, and keeps the list of files and the answers of the last one. A later look at it, and the job that is
 * made of it, take them over while a data process finds that every folder and file is as it was; else the input is listed
 * and looked at again. So an input is listed once from the first look to the first row, and never in vain.
 */
export type InputLooks = {
  /** Problems: those of the data process; input/unreadable also when the signal is aborted. */
  readonly look: (
    request: Omit<PreviewRequest, "seen" | "copiesFolder">,
    how: LookHow,
  ) => Promise<Result<InputPreview>>;
  /** Moves the list to where the job looks for it. Without one the job lists its input itself. */
  readonly handOver: (spec: Pick<JobSpec, "input" | "scorer">, file: string) => void;
  readonly close: () => void;
};

export type LookHow = {
  /** `recently`: what was found within the last two seconds counts, which is good enough to be shown. */
  readonly asOf: "now" | "recently";
  readonly signal: AbortSignal | null;
};

const recentMs = 2000;

/** The list of an input for one kind of items, and what was answered about it, by scorer and samples. */
type Seen = {
  readonly key: string;
  readonly file: string;
  readonly answers: ReadonlyMap<string, InputPreview>;
  /** When it was last found to hold, on the clock of `performance`. */
  heldAtMs: number;
};

export function createInputLooks(host: ProcessHost, home: string): InputLooks {
  let folder: string | null = null;
  let files = 0;
  let last: Seen | null = null;

  /** Where a list can be kept; null when the workspace takes no files now. */
  function newFile(): string | null {
    try {
      folder ??= makePreflightFolder(home);
      fs.mkdirSync(folder, { recursive: true, mode: ownerOnly.folder });
    } catch (error) {
      if (errnoOf(error) === null) throw error;
      return null;
    }
    files += 1;
    return path.join(folder, `seen-${files}.jsonl`);
  }

  function keep(seen: Seen): void {
    if (last !== null && last.file !== seen.file) removeSync(last.file);
    last = seen;
  }

  function close(): void {
    if (folder !== null) removeFolderSync(folder);
    folder = null;
    last = null;
  }

  return {
    async look(request, { asOf, signal }) {
      const key = seenKey(request);
      const question = JSON.stringify([request.scorer, request.samples]);
      const earlier = last?.key === key ? last : null;
      const known = earlier?.answers.get(question) ?? null;
      const isRecent = earlier !== null && performance.now() - earlier.heldAtMs < recentMs;
      if (asOf === "recently" && isRecent && known !== null) return success(known);
      const madeFile = newFile();
      const file = request.input.files ? null : madeFile;
      const seen = { file: earlier?.file ?? null, isAnswered: known !== null };
      const places = {
        copiesFolder: folder === null ? null : copiesFolder(folder),
        ...(file === null ? {} : { seen: { ...seen, newFile: file } }),
      };
      const asked = await askPreview(host, { ...request, ...places }, signal);
      if (!asked.ok) {
        if (file !== null) removeSync(file);
        return asked;
      }
      const answer = asked.value;
      const heldAtMs = performance.now();
      if (answer.list === "earlier" && earlier !== null) earlier.heldAtMs = heldAtMs;
      if (answer.type === "unchanged") return known === null ? unasked : success(known);
      // Of two looks at once the one that ends last is kept.
      if (answer.list === "earlier" && earlier !== null && last?.file === earlier.file) {
        keep({ ...last, heldAtMs, answers: new Map([...last.answers, [question, answer.preview]]) });
      } else if (answer.list === "new" && file !== null) {
        keep({ key, file, heldAtMs, answers: new Map([[question, answer.preview]]) });
      }
      return success(answer.preview);
    },
    handOver(spec, file) {
      if (last === null || last.key !== seenKey(spec)) return;
      try {
        fs.mkdirSync(path.dirname(file), { recursive: true, mode: ownerOnly.folder });
        renameSync(last.file, file);
        close();
      } catch (error) {
        if (errnoOf(error) === null) throw error;
      }
    },
    close,
  };
}

const unasked = failure("engine/bug:preview");

/** What decides which files are listed. */
function seenKey({ input, scorer }: { readonly input: PreviewRequest["input"]; readonly scorer: Scorer }): string {
  return JSON.stringify([input.path, input.kind, input.recursive, input.files ?? null, itemSource(scorer)]);
}
