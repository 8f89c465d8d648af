import { randomUUID } from "node:crypto";
import type { Answer } from "../server.ts";

/** How operations of Azure's go from now on. */
export type Pace = {
  /** Looks that find it unfinished. */
  readonly looks: number;
  /** Where the client learns of it: a header, the body, `Location`, or only the state of the resource. */
  readonly told: "header" | "body" | "location" | "state";
  /** It ends so; null: well. */
  readonly failure: { readonly code: string; readonly message: string } | null;
};

export const usualPace: Pace = { looks: 2, told: "header", failure: null };

type Running = Pace & { left: number; isDone: boolean; readonly finish: (state: "Succeeded" | "Failed") => void };

/** Operations that Azure goes on with after it has answered. */
export type LongOperations = {
  readonly go: (pace: Partial<Pace>) => void;
  readonly isAtWork: (resource: string) => boolean;
  /** `finish` is called once, by the look that finds it done. */
  readonly begin: (resource: string, finish: Running["finish"]) => Begun;
  /** Of its status, or of its result. */
  readonly look: (pathname: string) => Answer;
  /** The resource was read, which is a look, too. */
  readonly read: (resource: string) => void;
};

type Begun = { readonly told: Pace["told"]; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** `origin` and `subscription`: where operations are looked at. */
export function startLongOperations(origin: string, subscription: string): LongOperations {
  const running = new Map<string, Running>();
  const resources = new Map<string, string>();
  let pace = usualPace;
  const base = `/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices/locations/westeurope`;
  const soon = { "retry-after": "0" };

  function step(id: string): Running | null {
    const operation = running.get(id) ?? null;
    if (operation === null || operation.isDone) return operation;
    if (operation.left > 0) operation.left -= 1;
    else {
      operation.isDone = true;
      operation.finish(operation.failure === null ? "Succeeded" : "Failed");
    }
    return operation;
  }

  return {
    go(next) {
      pace = { ...usualPace, ...next };
    },
    isAtWork: (resource) => running.get(resources.get(resource.toLowerCase()) ?? "")?.isDone === false,
    begin(resource, finish) {
      const id = randomUUID();
      running.set(id, { ...pace, left: pace.looks, isDone: false, finish });
      resources.set(resource.toLowerCase(), id);
      const kind = pace.told === "location" ? "mfeOperationResults" : "mfeOperationsStatus";
      const url = `${origin}${base}/${kind}/odidp:${id}?api-version=2023-04-01-preview`;
      const header = pace.told === "location" ? { location: url } : { "azure-asyncoperation": url };
      const isTold = pace.told === "header" || pace.told === "location";
      return { told: pace.told, url, headers: isTold ? { ...header, ...soon } : {} };
    },
    look(pathname) {
      const operation = step(pathname.slice(pathname.lastIndexOf(":") + 1));
      if (operation === null) return { status: 404, body: { error: { code: "NotFound", message: "No operation." } } };
      const { isDone, failure } = operation;
      if (pathname.includes("/mfeOperationResults/")) {
        if (!isDone) return { status: 202, headers: soon };
        return failure === null ? { status: 200, body: {} } : { status: 400, body: { error: failure } };
      }
      if (!isDone) return { status: 200, headers: soon, body: { status: "InProgress", percentComplete: 50 } };
      return {
        status: 200,
        body: failure === null ? { status: "Succeeded" } : { status: "Failed", error: failure },
      };
    },
    read(resource) {
      const id = resources.get(resource.toLowerCase());
      if (id !== undefined) step(id);
    },
  };
}
