import * as z from "zod";
import { type Result, success } from "../../contract/problem.ts";
import type { Address } from "./addresses.ts";
import type { Missing } from "./refusals.ts";
import { type Answered, type Ask, createAsk, parseJson, unexpected, type Ways } from "./requests.ts";

/**
 * Azure Resource Manager, and the workspaces behind it. Problems of each: azure/sign-in-needed, azure/sign-in-failed,
 * azure/unreachable, azure/host-refused, azure/forbidden, azure/refused, azure/unexpected-answer, and `missing`.
 */
export type ControlPlane = {
  /** One resource. */
  readonly get: <View>(
    address: Address,
    schema: z.ZodType<View>,
    missing: Missing,
    signal?: AbortSignal,
  ) => Promise<Result<View>>;
  /** A list, page by page until it ends or `most` are read; null: all of it. */
  readonly list: <View>(question: ListQuestion<View>) => Promise<Result<AnsweredList<View>>>;
  /** Makes or replaces one. It is sent again when it is not known what became of it: the last one counts. */
  readonly put: (writing: Writing & { readonly body: object }) => Promise<Result<Began>>;
  /** Changes parts of one to what they are to be: it is sent again, too. */
  readonly patch: (writing: Writing & { readonly body: object }) => Promise<Result<Began>>;
  /** Removes one. It is sent again, too, so that `missing` may mean that it was removed. */
  readonly delete: (writing: Writing) => Promise<Result<Began>>;
  /** `mayRepeat`: doing it twice is doing it once; otherwise it is sent again only when Azure turned it away. */
  readonly post: (writing: Writing & { readonly mayRepeat: boolean }) => Promise<Result<Began>>;
  /** What looks at the state of a resource itself. */
  readonly stateOf: (address: Address) => Operation;
  /** How an operation stands, asked once. */
  readonly look: (operation: Operation, asking: Looking) => Promise<Result<Answered>>;
};

export type ListQuestion<View> = {
  readonly address: Address;
  readonly schema: z.ZodType<View>;
  readonly missing: Missing;
  readonly most: number | null;
  readonly signal?: AbortSignal;
};

export type AnsweredList<View> = {
  readonly items: readonly View[];
  /** Entries that make no sense, and were left out. */
  readonly unreadable: number;
};

/** What a write is for: `Missing` is what a 404 of it means. */
export type Writing = { readonly address: Address } & Looking;

export type Looking = { readonly missing: Missing; readonly signal?: AbortSignal };

/** What Azure goes on with after it has answered, and where to look. */
export type Operation = {
  /** `status`: says how it stands; `result`: is 202 until it is done; `resource`: has its provisioning state. */
  readonly kind: "status" | "result" | "resource";
  readonly url: string;
};

/** A write that Azure took. `operation` null: it is done. */
export type Began = { readonly operation: Operation | null; readonly secondsToWait: number | null };

const mostPages = 1000;

const pageSchema = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });

/** What an answer to a write says of the operation that it began; a resource without a state is done. */
const begunSchema = z.object({
  properties: z
    .object({
      provisioningState: z.string().nullish(),
      properties: z.object({ AzureAsyncOperationUri: z.string().nullish() }).nullish(),
    })
    .nullish(),
});

export function createControlPlane(ways: Ways): ControlPlane {
  const ask = createAsk(ways);
  const { origin } = new URL(ways.cloud.resource_manager);
  const isOurs = (link: string) => URL.canParse(link) && new URL(link).origin === origin;

  async function read(url: string, looking: Looking): Promise<Result<unknown>> {
    const answer = await ask({ method: "GET", url, repeats: "always", ...looking });
    if (!answer.ok) return answer;
    if (answer.value.status !== 200) return unexpected(url, "shape");
    const parsed = parseJson(answer.value.body);
    return parsed === undefined ? unexpected(url, "not-json") : success(parsed);
  }

  async function write(
    writing: Writing & { readonly body?: object },
    request: Pick<Parameters<Ask>[0], "method" | "repeats">,
  ): Promise<Result<Began>> {
    const { address, body, missing, signal } = writing;
    const url = origin + address;
    const answer = await ask({
      ...request,
      url,
      missing,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!answer.ok) return answer;
    const operation = operationOf(answer.value, url);
    // A link to somebody else's host is not followed: the resource has the same state.
    const isElsewhere = operation !== null && !isOurs(operation.url);
    return success({
      operation: isElsewhere ? { kind: "resource", url } : operation,
      secondsToWait: answer.value.secondsToWait,
    });
  }

  return {
    async get(address, schema, missing, signal) {
      const url = origin + address;
      const answer = await read(url, { missing, ...(signal === undefined ? {} : { signal }) });
      if (!answer.ok) return answer;
      const parsed = schema.safeParse(answer.value);
      return parsed.success ? success(parsed.data) : unexpected(url, "shape");
    },

    async list<View>({ address, schema, most, ...looking }: ListQuestion<View>) {
      const items: View[] = [];
      let unreadable = 0;
      const asked = new Set<string>();
      for (let url: string | null = origin + address; url !== null && items.length < (most ?? Infinity); ) {
        if (asked.has(url) || asked.size >= mostPages) return unexpected(url, "endless-list");
        asked.add(url);
        const answer: Result<unknown> = await read(url, looking);
        if (!answer.ok) return answer;
        const page = pageSchema.safeParse(answer.value);
        if (!page.success) return unexpected(url, "shape");
        for (const entry of page.data.value) {
          const parsed = schema.safeParse(entry);
          if (parsed.success) items.push(parsed.data);
          else unreadable += 1;
        }
        const next: string = page.data.nextLink ?? "";
        if (next !== "" && !isOurs(next)) return unexpected(url, "other-place");
        url = next === "" ? null : next;
      }
      return success({ items: most === null ? items : items.slice(0, most), unreadable });
    },

    put: (writing) => write(writing, { method: "PUT", repeats: "always" }),
    patch: (writing) => write(writing, { method: "PATCH", repeats: "always" }),
    delete: (writing) => write(writing, { method: "DELETE", repeats: "always" }),
    post: ({ mayRepeat, ...writing }) =>
      write(writing, { method: "POST", repeats: mayRepeat ? "always" : "when-turned-away" }),
    stateOf: (address) => ({ kind: "resource", url: origin + address }),
    look: ({ url }, looking) => ask({ method: "GET", url, repeats: "always", ...looking }),
  };
}

/** Where Azure says that an operation can be looked at: in its headers, in the body, or the resource itself. */
function operationOf({ status, body, header }: Answered, url: string): Operation | null {
  const own = begunSchema.safeParse(parseJson(body)).data?.properties;
  const state = own?.provisioningState ?? null;
  const isSettled = state !== null && isSettledState(state);
  const told = header("azure-asyncoperation");
  if (told !== null) return { kind: "status", url: told };
  // It stays among the properties when the operation has ended.
  const kept = own?.properties?.AzureAsyncOperationUri ?? null;
  if (kept !== null && !isSettled) return { kind: "status", url: kept };
  const location = header("location");
  if (status === 202 && location !== null) return { kind: "result", url: location };
  if (status === 202 || (state !== null && !isSettled)) return { kind: "resource", url };
  return null;
}

/** Whether a state of a resource or of an operation is one that it stays in. */
export function isSettledState(state: string): boolean {
  return /^(succeeded|completed|failed|cancell?ed)$/i.test(state);
}
