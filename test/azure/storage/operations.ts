import type { IncomingHttpHeaders } from "node:http";
import { Violation } from "../server.ts";

/** An operation of the published interface of blob storage that our client has use for. */
export type OperationId =
  | "Put Blob"
  | "Put Block"
  | "Put Block List"
  | "Get Blob"
  | "Get Blob Properties"
  | "Get Block List"
  | "List Blobs";

type Operation = {
  readonly id: OperationId;
  readonly method: string;
  readonly of: "container" | "blob";
  /** Parameters with their only values; null: any value. */
  readonly query: Readonly<Record<string, string | null>>;
  readonly optional?: readonly string[];
  /** Whether it changes something: who may only read is refused. */
  readonly writes: boolean;
};

const operations: readonly Operation[] = [
  { id: "Put Blob", method: "PUT", of: "blob", query: {}, writes: true },
  { id: "Put Block", method: "PUT", of: "blob", query: { comp: "block", blockid: null }, writes: true },
  { id: "Put Block List", method: "PUT", of: "blob", query: { comp: "blocklist" }, writes: true },
  { id: "Get Blob", method: "GET", of: "blob", query: {}, writes: false },
  { id: "Get Blob Properties", method: "HEAD", of: "blob", query: {}, writes: false },
  {
    id: "Get Block List",
    method: "GET",
    of: "blob",
    query: { comp: "blocklist", blocklisttype: "uncommitted" },
    writes: false,
  },
  {
    id: "List Blobs",
    method: "GET",
    of: "container",
    query: { restype: "container", comp: "list" },
    optional: ["prefix", "marker", "maxresults", "include"],
    writes: false,
  },
];

export type BlobRequest = {
  readonly id: OperationId;
  readonly writes: boolean;
  readonly account: string;
  readonly container: string;
  /** Empty: the container itself is asked. */
  readonly blob: string;
  /** Of a list, what the names begin with. */
  readonly prefix: string;
  readonly blockId: string | null;
  /** Of the body. */
  readonly length: number;
};

/** What is asked, by the published interface. Throws Violation for what it does not have. */
export function readRequest(method: string, url: URL, headers: IncomingHttpHeaders): BlobRequest {
  const [, container = "", ...rest] = url.pathname.split("/");
  const blob = decodeURIComponent(rest.join("/"));
  const operation = operations.find((one) => one.method === method && isOf(one, blob) && hasQuery(one, url));
  if (operation === undefined) throw new Violation(`there is no operation ${method} ${url.pathname}${url.search}`);
  checkHeaders(operation, headers);
  return {
    id: operation.id,
    writes: operation.writes,
    account: url.hostname.split(".")[0] ?? "",
    container,
    blob,
    prefix: url.searchParams.get("prefix") ?? "",
    blockId: url.searchParams.get("blockid"),
    length: Number(headers["content-length"] ?? "0"),
  };
}

function isOf({ of }: Operation, blob: string): boolean {
  return (of === "blob") === (blob !== "");
}

function hasQuery({ query, optional = [] }: Operation, { searchParams }: URL): boolean {
  const given = [...searchParams.keys()].filter((name) => !optional.includes(name));
  if (new Set(searchParams.keys()).size !== [...searchParams.keys()].length) return false;
  if (given.length !== Object.keys(query).length) return false;
  return Object.entries(query).every(([name, value]) =>
    value === null ? searchParams.has(name) : searchParams.get(name) === value,
  );
}

function checkHeaders({ id, method }: Operation, headers: IncomingHttpHeaders): void {
  if (!/^20\d\d-\d\d-\d\d$/.test(String(headers["x-ms-version"]))) throw new Violation("x-ms-version is no version");
  if (headers["x-ms-client-request-id"] === undefined) throw new Violation("there is no x-ms-client-request-id");
  if (method === "PUT" && !/^\d+$/.test(headers["content-length"] ?? "")) throw new Violation("there is no length");
  if (id === "Put Blob" && headers["x-ms-blob-type"] !== "BlockBlob") throw new Violation("it is no block blob");
  if (id === "Get Blob" && !/^bytes=\d+-\d+$/.test(String(headers["x-ms-range"] ?? headers["range"]))) {
    throw new Violation("it asks for a whole blob at once");
  }
}
