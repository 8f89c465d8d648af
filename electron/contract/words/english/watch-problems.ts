import type { WordTable } from "../speaker.ts";

/** Watched folders, and the workspace that they are kept in. */
export const watchProblems = {
  "watch/not-found": ({ folder }: { folder: string }) => [`The folder ${folder} is not watched any more.`],
  "watch/not-found:this": () => ["This folder is not watched any more."],
  "watch/not-found:folder": ({ folder, endpoint }: { folder: string; endpoint: string | null }) => [
    `The folder ${folder} is not watched${endpoint === null ? "" : ` for the endpoint "${endpoint}"`}.`,
    "See: batchdeck watch list",
  ],
  "watch/not-found:removed": () => ["The watch was removed at once."],
  "watch/invalid:no-folder": ({ folder }: { folder: string }) => [
    `There is no folder ${folder}.`,
    "Make it first; it may be empty.",
  ],
  "watch/invalid:remote-output": ({ path }: { path: string }) => [
    `"${path}" is not a folder on this computer.`,
    "Give a local folder.",
  ],
  "watch/invalid:workspace": ({ folder }: { folder: string }) => [
    `The folder ${folder} belongs to the workspace.`,
    "Watch a folder outside of it.",
  ],
  "watch/invalid:in-output": ({ folder, output }: { folder: string; output: string }) => [
    `The folder ${folder} would be watched, and outputs would be written to ${output}, which it lies in.`,
    "Choose an --output-path in the watched folder or beside it.",
  ],
  "watch/invalid:watched": ({ folder, endpoint }: { folder: string; endpoint: string }) => [
    `The folder ${folder} is watched for the endpoint "${endpoint}" already.`,
    `End that first: batchdeck watch remove ${folder}`,
  ],
  "watch/invalid:taken": ({ folder }: { folder: string }) => [
    `Files in ${folder} were taken already.`,
    "They are looked at again.",
  ],
  "workspace/unusable:watch": ({ home, errno }: { home: string; errno: string }) => [
    `The workspace ${home} cannot be written to (${errno}).`,
    "What has arrived is submitted once it can be.",
  ],
  "workspace/unusable:no-folder": ({ home, errno }: { home: string; errno: string | null }) => [
    `The workspace folder ${home} cannot be made (${errno ?? "unknown reason"}).`,
    "Name another folder with --home.",
  ],
} satisfies Partial<WordTable>;
