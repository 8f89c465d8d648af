import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import path from "node:path";
import type { InputGrant } from "../contract/channels.ts";
import { failure, type Result, success } from "../contract/problem.ts";

/** Grants that are remembered; the oldest are forgotten, which only matters to a sheet left open for weeks. */
const rememberedGrants = 1000;

/**
 * Paths that the user handed over, by an id that says nothing. The window works with the ids, so a page that has been
 * taken over can name no path of its own choosing.
 */
export type Grants = {
  /** For a folder or file to read. Problem: input/not-found. */
  readonly grantInput: (inputPath: string) => Promise<Result<InputGrant>>;
  /** For a folder to write results to. */
  readonly grantOutput: (folder: string) => string;
  /** The grant as it was handed out, and its path. Problem: input/not-found. */
  readonly input: (grantId: string) => Result<{ readonly grant: InputGrant; readonly path: string }>;
  /** The folder behind an id; null stays null (the default place). Problem: output/unwritable. */
  readonly output: (grantId: string | null) => Result<string | null>;
};

export function createGrants(): Grants {
  const inputs = new Map<string, { readonly grant: InputGrant; readonly path: string }>();
  const outputs = new Map<string, string>();
  return {
    async grantInput(inputPath) {
      const absolute = path.resolve(inputPath);
      const name = path.basename(absolute) || absolute;
      const facts = await stat(absolute).catch(() => null);
      if (facts === null || !(facts.isDirectory() || facts.isFile())) {
        return failure("input/not-found:chosen", { name });
      }
      const grant: InputGrant = { grantId: randomUUID(), name, kind: facts.isDirectory() ? "folder" : "file" };
      remember(inputs, grant.grantId, { grant, path: absolute });
      return success(grant);
    },
    grantOutput(folder) {
      const grantId = randomUUID();
      remember(outputs, grantId, path.resolve(folder));
      return grantId;
    },
    input(grantId) {
      const known = inputs.get(grantId);
      return known === undefined ? failure("input/not-found:not-chosen") : success(known);
    },
    output(grantId) {
      if (grantId === null) return success(null);
      const folder = outputs.get(grantId);
      return folder === undefined ? failure("output/unwritable:not-chosen") : success(folder);
    },
  };
}

/** The places that an invocation names by their grants. Problems: input/not-found, output/unwritable, when this window was given none. */
export function grantedPlaces(
  grants: Pick<Grants, "input" | "output">,
  invocation: { readonly grantId: string; readonly output_grant: string | null },
): Result<{
  readonly inputPath: string;
  readonly inputKind: InputGrant["kind"];
  readonly outputFolder: string | null;
}> {
  const input = grants.input(invocation.grantId);
  if (!input.ok) return input;
  const output = grants.output(invocation.output_grant);
  if (!output.ok) return output;
  const { path: inputPath, grant } = input.value;
  return success({ inputPath, inputKind: grant.kind, outputFolder: output.value });
}

function remember<Value>(grants: Map<string, Value>, grantId: string, value: Value): void {
  grants.set(grantId, value);
  for (const oldest of grants.keys()) {
    if (grants.size <= rememberedGrants) return;
    grants.delete(oldest);
  }
}
