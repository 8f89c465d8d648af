import { isDeepStrictEqual } from "node:util";
import { type Answer, type Asked, type AzureServer, Violation } from "../server.ts";
import type { TokenClaims } from "../entra/tokens.ts";
import { startLongOperations, type LongOperations } from "./long-operations.ts";
import { type Operation, operations } from "./operations.ts";
import type { Resource } from "./resources.ts";
import { createWrites } from "./writes.ts";

export type Arm = {
  /** What there is from now on; one of the same id is replaced. */
  readonly put: (...resources: readonly Resource[]) => void;
  readonly remove: (id: string) => void;
  /** Null: it is not there. */
  readonly find: (id: string) => Resource | null;
  /** How operations go from now on; what is left out is as usual. */
  readonly go: LongOperations["go"];
  /** Nobody may read what lies at addresses that match, or may not write it. */
  readonly deny: (address: RegExp, what?: "read" | "write") => void;
  /** What whoever asks may do at places that match, from now on; at all others anything. */
  readonly permit: (place: RegExp, ...permissions: readonly Permission[]) => void;
  /** Tokens without these claims are not taken any more. */
  readonly demand: (claims: object) => void;
  /** What a list says of where it goes on, instead of the truth; null: the truth. */
  readonly continueAt: (link: ((truth: string) => string) | null) => void;
};

/** Of a role, as Azure tells it. */
export type Permission = Readonly<
  Record<"actions" | "notActions" | "dataActions" | "notDataActions", readonly string[]>
>;

const everything: Permission = { actions: ["*"], notActions: [], dataActions: ["*"], notDataActions: [] };

type Options = {
  readonly server: AzureServer;
  /** Its name: `management.lab.test`. */
  readonly host: string;
  /** Reads a token, if it is for this host's audience; null: it is not, or it has expired. */
  readonly read: (token: string) => TokenClaims | null;
  readonly subscriptions: readonly { readonly id: string; readonly name: string }[];
  /** Entries on a page of a list. */
  readonly pageSize?: number;
};

/**
 * Azure Resource Manager and the workspaces of Azure ML behind it, as far as a client sees them. It is strict: an address, a
 * version, a parameter or a token that the published interface does not have breaks the test.
 */
export function startArm({ server, host, read, subscriptions, pageSize = 2 }: Options): Arm {
  const resources = new Map<string, Resource>();
  const denied: { readonly address: RegExp; readonly what: "read" | "write" }[] = [];
  const long = startLongOperations(`https://${host}:${server.port}`, subscriptions[0]?.id ?? "");
  const write = createWrites(resources, long, server.port);
  const permitted: { readonly place: RegExp; readonly permissions: readonly Permission[] }[] = [];
  let demanded: string | null = null;
  let continuation: ((truth: string) => string) | null = null;

  function answer(asked: Asked): Answer {
    const { url, method, headers } = asked;
    const operation = operations.find((one) => one.method === method && one.path.test(url.pathname));
    if (operation === undefined) throw new Violation("the interface has no such operation");
    checkQuery(url, operation);
    if (headers.accept !== "application/json") throw new Violation(`it accepts ${headers.accept}`);
    const refused = checkToken(headers.authorization);
    if (refused !== null) return refused;
    const what = method === "GET" ? "read" : "write";
    if (denied.some((one) => one.what === what && one.address.test(url.pathname))) return forbidden(url, operation);
    if (operation.id === "Operation") return long.look(decodeURIComponent(url.pathname));
    if (operation.id === "Subscriptions_List") return page(url, subscriptions.map(subscriptionBody));
    if (operation.id === "Workspaces_ListBySubscription") {
      const [, , id = ""] = url.pathname.split("/");
      if (!subscriptions.some((one) => one.id === id)) return error(404, "SubscriptionNotFound", `No ${id}.`);
      const ofSubscription = [...resources.values()].filter(
        (one) =>
          one.id.startsWith(`/subscriptions/${id}/`) && one.type === "Microsoft.MachineLearningServices/workspaces",
      );
      return page(url, ofSubscription);
    }
    if (operation.id === "Permissions_ListForResource") return page(url, permissionsAt(url));
    const missing = missingPlace(url);
    if (missing !== null) return missing;
    if (method !== "GET") return write(operation, asked);
    return operation.id.endsWith("_List") ? page(url, childrenOf(url)) : one(url);
  }

  function checkToken(authorization: string | undefined): Answer | null {
    const [, token = ""] = /^Bearer (\S+)$/.exec(authorization ?? "") ?? [];
    const claims = read(token);
    if (claims === null) {
      const challenge = 'Bearer authorization_uri="https://login.lab.test/", error="invalid_token"';
      const body = { error: { code: "ExpiredAuthenticationToken", message: "The access token expiry time is past." } };
      return { status: 401, headers: { "www-authenticate": challenge }, body };
    }
    if (demanded === null || holds(claims.claims, demanded)) return null;
    const challenge = `Bearer realm="", authorization_uri="https://login.lab.test/", error="insufficient_claims", claims="${btoa(demanded)}"`;
    return {
      status: 401,
      headers: { "www-authenticate": challenge },
      body: { error: { code: "TokenCreatedWithOutdatedPolicies" } },
    };
  }

  function missingPlace(url: URL): Answer | null {
    const [, , , , group = "", , , , workspace = "", ...rest] = url.pathname.split("/");
    const path = url.pathname.split("/").slice(0, 9).join("/");
    const hasGroup = [...resources.keys()].some((id) => id.includes(`/resourcegroups/${group.toLowerCase()}/`));
    if (!hasGroup) return error(404, "ResourceGroupNotFound", `Resource group '${group}' could not be found.`);
    if (!resources.has(path.toLowerCase())) {
      const name = `Microsoft.MachineLearningServices/workspaces/${workspace}`;
      return error(404, "ResourceNotFound", `The Resource '${name}' under resource group '${group}' was not found.`);
    }
    // What has children and is not there has none either.
    const isDeployment = rest[0] === "batchEndpoints" && rest.length === 4;
    const parent = rest.length === 3 || isDeployment ? `${path}/${rest[0]}/${rest[1]}`.toLowerCase() : null;
    return parent === null || resources.has(parent) ? null : error(404, "UserError", `Not found: ${rest[1]}`);
  }

  function childrenOf(url: URL): readonly Resource[] {
    const folder = `${url.pathname.toLowerCase()}/`;
    const children = [...resources]
      .filter(([id]) => id.startsWith(folder) && !id.slice(folder.length).includes("/"))
      .map(([, resource]) => resource)
      .filter((resource) => passes(resource, url.searchParams));
    const isNewestFirst = url.searchParams.get("$orderBy") === "createdtime desc";
    if (isNewestFirst) children.sort((a, b) => (a.systemData.createdAt < b.systemData.createdAt ? 1 : -1));
    const top = Number(url.searchParams.get("$top") ?? "0");
    return top > 0 ? children.slice(0, top) : children;
  }

  function permissionsAt({ pathname }: URL): readonly Permission[] {
    const [place = ""] = pathname.split("/providers/Microsoft.Authorization/");
    return permitted.findLast((one) => one.place.test(place))?.permissions ?? [everything];
  }

  function page(url: URL, entries: readonly object[]): Answer {
    const start = Number(url.searchParams.get("$skip") ?? "0");
    const value = entries.slice(start, start + pageSize);
    const next = new URL(url);
    next.searchParams.set("$skip", String(start + pageSize));
    const isLast = start + pageSize >= entries.length;
    const link = continuation?.(next.href) ?? (isLast ? undefined : next.href);
    return { status: 200, body: { value, ...(link === undefined ? {} : { nextLink: link }) } };
  }

  function one(url: URL): Answer {
    const path = decodeURIComponent(url.pathname).toLowerCase();
    long.read(path);
    const found = resources.get(path);
    return found === undefined ? error(404, "UserError", "It was not found.") : { status: 200, body: found };
  }

  server.host(host, answer);
  return {
    put(...more) {
      for (const resource of more) resources.set(resource.id.toLowerCase(), resource);
    },
    remove: (id) => void resources.delete(id.toLowerCase()),
    find: (id) => resources.get(id.toLowerCase()) ?? null,
    go: long.go,
    deny: (address, what = "read") => void denied.push({ address, what }),
    permit: (where, ...permissions) => void permitted.push({ place: where, permissions }),
    demand(claims) {
      demanded = JSON.stringify(claims);
    },
    continueAt(link) {
      continuation = link;
    },
  };
}

function checkQuery(url: URL, operation: Operation): void {
  const given = [...url.searchParams.keys()];
  if (new Set(given).size < given.length) throw new Violation("a parameter comes twice");
  if (url.searchParams.get("api-version") !== operation.apiVersion) {
    throw new Violation(`api-version is ${url.searchParams.get("api-version")}, and not ${operation.apiVersion}`);
  }
  const unknown = given.filter((name) => name !== "api-version" && !operation.query.includes(name));
  if (unknown.length > 0) throw new Violation(`${operation.id} has no parameter ${unknown.join(", ")}`);
}

/** Whether a token was made with all the claims that are demanded, both JSON; it may have been made with more. */
function holds(claims: string | null, demanded: string): boolean {
  const accessTokenOf = (text: string) =>
    (JSON.parse(text) as { readonly access_token?: Readonly<Record<string, unknown>> }).access_token ?? {};
  const own = accessTokenOf(claims ?? "{}");
  return Object.entries(accessTokenOf(demanded)).every(([name, value]) => isDeepStrictEqual(own[name], value));
}

/** Of lists of jobs: their type, and `name=value` of their properties. */
function passes({ properties }: Resource, query: URLSearchParams): boolean {
  const {
    jobType,
    properties: own = {},
    isArchived,
  } = properties as {
    readonly jobType?: string;
    readonly properties?: Record<string, string>;
    readonly isArchived?: boolean;
  };
  const view = query.get("listViewType") ?? "ActiveOnly";
  if (view !== "All" && (view === "ArchivedOnly") !== (isArchived ?? false)) return false;
  if (query.has("jobType") && query.get("jobType") !== jobType) return false;
  const wanted = (query.get("properties") ?? "").split(",").filter((pair) => pair !== "");
  return wanted.every((pair) => own[pair.split("=")[0] ?? ""] === pair.split("=")[1]);
}

function subscriptionBody({ id, name }: { readonly id: string; readonly name: string }) {
  return { id: `/subscriptions/${id}`, subscriptionId: id, displayName: name, state: "Enabled" };
}

const actions = { GET: "read", PUT: "write", PATCH: "write", POST: "action", DELETE: "delete" } as const;

/** In the words of Azure's role checks. */
function forbidden(url: URL, { method }: Operation): Answer {
  const [, , , , , , , , , ...rest] = url.pathname.split("/");
  const kinds = rest.filter((_part, at) => at % 2 === 0);
  const action = ["Microsoft.MachineLearningServices/workspaces", ...kinds, actions[method]].join("/");
  const sentence =
    `The client 'eva@lab.test' with object id '1' does not have authorization to perform action '${action}' over scope ` +
    `'${url.pathname}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
  return error(403, "AuthorizationFailed", sentence);
}

function error(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}
