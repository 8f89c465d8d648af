import type { EnvironmentView } from "../../contract/views/environment.ts";
import { promises as files } from "node:fs";
import path from "node:path";
import { assetNameSchema } from "../../contract/names.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { EnvironmentRecord } from "../../registry/environments.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { askPythonVersion } from "./run-python.ts";

/**
 * Makes an environment, or gives the one of that name another interpreter. `python` is a path, or a command that is
 * looked up on PATH now; null: Node, which is Batchdeck's own. Problems: environment/invalid; environment/in-use when a
 * deployment uses the one that would change.
 */
export async function createEnvironment(
  registry: Registry,
  request: { readonly name: string; readonly python: string | null },
): Promise<Result<{ readonly environment: EnvironmentRecord; readonly isNew: boolean }>> {
  const { name, python } = request;
  if (!assetNameSchema.safeParse(name).success) {
    return failure("environment/invalid:name", { name });
  }
  const interpreter = python === null ? null : await findInterpreter(python);
  if (interpreter !== null && !interpreter.ok) return interpreter;
  const version = interpreter === null ? null : await askPythonVersion(interpreter.value);
  if (version !== null && !version.ok) return version;
  return registry.transaction(() => {
    const existing = registry.environments.find(name);
    const wanted = {
      name: existing?.name ?? name,
      kind: python === null ? ("node" as const) : ("python" as const),
      interpreter: interpreter?.value ?? null,
      version: version?.value ?? null,
    };
    if (existing !== null && existing.interpreter !== wanted.interpreter) {
      const free = checkUnused(registry, existing);
      if (!free.ok) return free;
    }
    return success({ environment: registry.environments.save(wanted), isNew: existing === null });
  });
}

/** Problem: environment/not-found. */
export function showEnvironment(registry: Registry, name: string): Result<EnvironmentRecord> {
  const found = registry.environments.find(name);
  if (found !== null) return success(found);
  const known = registry.environments.list().map((environment) => environment.name);
  return known.length > 0
    ? failure("environment/not-found:others", { environment: name, known })
    : failure("environment/not-found", { environment: name });
}

/** Problems: environment/not-found; environment/in-use while a deployment runs its script in it. */
export function deleteEnvironment(registry: Registry, name: string): Result<null> {
  return registry.transaction(() => {
    const shown = showEnvironment(registry, name);
    if (!shown.ok) return shown;
    const free = checkUnused(registry, shown.value);
    if (!free.ok) return free;
    registry.environments.remove(name);
    return success(null);
  });
}

function checkUnused(registry: Registry, environment: EnvironmentRecord): Result<null> {
  const user = registry.deployments
    .list()
    .find(({ scorer }) => scorer.kind === "script" && scorer.environment === environment.name);
  if (user === undefined) return success(null);
  const names = { environment: environment.name, deployment: user.name, endpoint: user.endpointName };
  return failure("environment/in-use", names);
}

/** What `environment list` and `environment show` print. */
export function environmentView(environment: EnvironmentRecord): EnvironmentView {
  return {
    name: environment.name,
    kind: environment.kind,
    interpreter: environment.interpreter ?? "",
    version: environment.version ?? "",
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
  };
}

/** Absolute, but with its links: an environment of Python's own is found by where its link lies. */
async function findInterpreter(given: string): Promise<Result<string>> {
  const isBare = path.basename(given) === given;
  const endings = process.platform === "win32" ? ["", ".exe"] : [""];
  const folders = isBare ? (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "") : ["."];
  for (const folder of folders) {
    for (const ending of endings) {
      const place = path.resolve(folder, given + ending);
      if (await isProgram(place)) return success(place);
    }
  }
  return failure(isBare ? "environment/invalid:not-on-path" : "environment/invalid:no-program", { program: given });
}

async function isProgram(place: string): Promise<boolean> {
  try {
    await files.access(place, files.constants.X_OK);
    return (await files.stat(place)).isFile();
  } catch {
    return false;
  }
}
