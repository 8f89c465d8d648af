import type { DuckDBConnection } from "@duckdb/node-api";
import { connectToParent } from "../contract/messages/parent-port.ts";
import {
  toResultsProcessSchema,
  type FromResultsProcess,
  type ToResultsProcess,
} from "../contract/messages/results-messages.ts";
import { readMiniBatchPage } from "./mini-batches.ts";
import { readTextPage, type RowIndexes } from "./read-text-page.ts";

/**
 * The process that reads predictions, errors and the records of mini-batches, so that neither the window nor the engine ever does. It answers
 * requests one after another, each with `page` or `failed`.
 */
const port = connectToParent(process);
const indexes: RowIndexes = new Map();
let parquetReader: Promise<DuckDBConnection> | null = null;
let earlier: Promise<void> = Promise.resolve();

port.onMessage((message) => {
  const request = toResultsProcessSchema.parse(message);
  earlier = earlier.then(async () => port.send(await answer(request)));
});

async function answer(request: ToResultsProcess): Promise<FromResultsProcess> {
  try {
    return { type: "page", requestId: request.requestId, page: await readPage(request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { type: "failed", requestId: request.requestId, message };
  }
}

async function readPage(request: ToResultsProcess) {
  if (request.type === "mini-batches") return readMiniBatchPage(request);
  const { format } = request;
  if (format !== "parquet") return readTextPage(indexes, { ...request, format });
  // DuckDB is loaded with the first Parquet file: most windows never show one.
  const { openParquetReader, readParquetPage } = await import("./read-parquet-page.ts");
  parquetReader ??= openParquetReader();
  return readParquetPage(await parquetReader, request);
}
