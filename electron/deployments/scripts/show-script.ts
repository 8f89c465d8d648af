import { promises as files } from "node:fs";
import path from "node:path";
import { visibleText } from "../../contract/plain-text.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { DeploymentRecord } from "../../registry/deployments.repository.ts";
import { opener } from "../../files/opener.ts";
import { whatRuns } from "./trust.ts";
import type { DeploymentTools } from "../deployment-tools.ts";
import type { WhatRuns } from "../../contract/views/what-runs.ts";

/** What a deployment runs, with enough of it to judge: its script's first lines and how large its files are. */
export type ShownScript = {
  readonly runs: WhatRuns;
  /** What could make a line look like another one is written as `\u{…}`. */
  readonly text: string;
  readonly isCut: boolean;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** `NAME:VERSION`. */
  readonly model: string;
};

const shownBytes = 64 * 1024;

/** Reads the snapshot, never the original. Null for a deployment that runs no code of its user. Problem: script/invalid. */
export async function showScript(
  tools: Pick<DeploymentTools, "codeFolder">,
  deployment: DeploymentRecord,
): Promise<Result<ShownScript | null>> {
  const runs = await whatRuns(tools, deployment);
  if (runs === null) return success(null);
  try {
    const sizes = await Promise.all(
      runs.files.map(async (name) => ({ name, bytes: (await files.stat(path.join(runs.folder, name))).size })),
    );
    const { text, isCut } = await beginningOf(path.join(runs.folder, runs.script));
    const model = `${deployment.modelName}:${deployment.modelVersion}`;
    return success({ runs, text: asSeen(text), isCut, files: sizes, model });
  } catch (error) {
    if ((error as { code?: unknown }).code === undefined) throw error;
    return failure("script/invalid:code-gone", { deployment: deployment.name });
  }
}

async function beginningOf(file: string): Promise<{ readonly text: string; readonly isCut: boolean }> {
  const handle = await files.open(file, opener.flags);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, shownBytes));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return { text: buffer.toString("utf8", 0, bytesRead), isCut: size > shownBytes };
  } finally {
    await handle.close();
  }
}

/** A line that turns the direction of writing, or holds what has no shape, can read as what it is not. */
function asSeen(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[^\n\t]+/g, visibleText);
}
