import fs from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { createHttpHeaders, type PipelineRequest } from "@azure/core-rest-pipeline";
import { expect, it, vi } from "vitest";
import { success } from "../../../electron/contract/problem.ts";
import { fetchWebFile } from "../../../electron/remote/inputs/web-input.ts";
import type { RemoteNetwork } from "../../../electron/remote/network/remote-network.ts";
import { pass, useFakeClock } from "../../helpers/engine/fake-clock.ts";
import { temporaryFolder } from "../../helpers/places.ts";

useFakeClock();

it("a download whose disk stands still for longer than a try goes on without a hole", async () => {
  const content = Buffer.from("abcdefghijkl");
  const target = path.join(temporaryFolder("web-input"), "part");
  const disk = Promise.withResolvers<void>();
  setTimeout(disk.resolve, 115_000);
  const open = fs.open;
  vi.spyOn(fs, "open").mockImplementationOnce(async (...call: Parameters<typeof open>) => {
    const handle = await open(...call);
    const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<unknown>;
    vi.spyOn(handle, "write").mockImplementationOnce((async (...args: unknown[]) => {
      await disk.promise;
      return write(...args);
    }) as never);
    return handle;
  });
  const asked: number[] = [];
  const sendRequest = async (request: PipelineRequest) => {
    const from = Number(/\d+/.exec(request.headers.get("range") ?? "")?.[0]);
    asked.push(from);
    const body = Readable.from(
      (async function* () {
        yield content.subarray(from, from + 4);
        await disk.promise;
        for (let at = from + 4; at < content.length; at += 4) yield content.subarray(at, at + 4);
      })(),
    );
    request.abortSignal?.addEventListener("abort", () => body.destroy());
    const headers = createHttpHeaders({ etag: '"1"', "content-range": `bytes ${from}-11/12` });
    return { request, status: 206, headers, readableStreamBody: body };
  };
  const network = { webClient: { sendRequest }, problemOf: () => null } as unknown as RemoteNetwork;
  const file = { path: "rows.csv", sizeBytes: content.length, version: '"1"', identity: "x" };
  const ways = { network, patience: { retries: 3, firstWaitMs: 1, mostWaitMs: 1 } };
  let come = 0;
  const { signal } = new AbortController();
  const fetched = fetchWebFile(
    ways,
    { address: "https://files.lab.test/rows.csv", file, target },
    (bytes) => (come += bytes),
    signal,
  );
  await pass(120_000, 1000);
  expect(await fetched).toEqual(success(null));
  expect([await fs.readFile(target, "utf8"), come, asked]).toEqual(["abcdefghijkl", content.length, [0, 4]]);
});
