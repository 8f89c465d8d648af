import { failure, type Result, success } from "../../contract/problem.ts";
import type { EnvironmentRecord } from "../../registry/environments.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { EnvironmentReference } from "../yaml/environment-reference.ts";
import { showEnvironment } from "./environments.ts";

/** Asks a person which environment of this workspace stands for one of Azure's; null: they named none. */
export type AskEnvironment = (question: string, names: readonly string[]) => Promise<string | null>;

/** The environment that a script runs in; null: Node, which needs none. */
export type ChosenEnvironment = {
  readonly environment: EnvironmentRecord | null;
  /** To be remembered for this reference, when the deployment is kept; null: nothing new was chosen. */
  readonly remember: string | null;
};

/**
 * The named one (`--environment`), the one that was chosen for the file's reference before, the one of the same name, or
 * the one that `ask` gives. Problems: environment/not-found (none can be told, with what to do), environment/invalid (it
 * does not run this language).
 */
export async function chooseEnvironment(
  registry: Registry,
  wanted: {
    readonly language: "python" | "node";
    readonly reference: EnvironmentReference | null;
    readonly named: string | null;
    readonly ask: AskEnvironment | null;
  },
): Promise<Result<ChosenEnvironment>> {
  const { language, reference, named } = wanted;
  if (named !== null) return fitting(language, showEnvironment(registry, named), reference?.reference ?? null);
  const known =
    reference === null
      ? null
      : (registry.environments.findChosen(reference.reference) ??
        (reference.name === null ? null : registry.environments.find(reference.name)));
  if (known !== null) return fitting(language, success(known), null);
  if (language === "node") return success({ environment: null, remember: null });

  const names = registry.environments.list().flatMap(({ kind, name }) => (kind === language ? [name] : []));
  const what = reference === null ? "names no environment" : `names the environment "${reference.reference}"`;
  if (wanted.ask !== null && names.length > 0) {
    const question = `The deployment ${what}. Which of this workspace's environments runs its script?`;
    const answer = await wanted.ask(question, names);
    if (answer !== null) return fitting(language, showEnvironment(registry, answer), reference?.reference ?? null);
  }
  if (reference === null) return failure("environment/not-found:not-named", { known: names });
  return failure("environment/not-found:reference", { reference: reference.reference, known: names });
}

function fitting(
  language: "python" | "node",
  found: Result<EnvironmentRecord>,
  remember: string | null,
): Result<ChosenEnvironment> {
  if (!found.ok) return found;
  const { kind, name } = found.value;
  if (kind === language) return success({ environment: found.value, remember });
  return failure("environment/invalid:language", { environment: name, runs: kind, script: language });
}
