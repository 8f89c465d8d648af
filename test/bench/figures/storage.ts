import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";
import { makeAuthority } from "../../azure/certificates.ts";
import { addressOfFolder } from "../../azure/storage/contents.ts";
import { type Azurite, startAzurite } from "../../azure/storage/azurite.ts";
import type { Bench } from "../bench.ts";
import { memoryOf } from "../memory.ts";
import type { UploadTask } from "../programs/upload-task.ts";
import { atLeast, type Figure, plain, rateText, shareText, spread } from "../report.ts";
import { sourceProgram } from "../../helpers/source-program.ts";

const account = "labstore";
const host = `${account}.blob.lab.test`;
const mebibyte = 1024 * 1024;
/** How long an answer of a storage account in the same country takes at least. */
const farAwayMs = 10;

type Ran = { readonly seconds: number; readonly peakMegabytes: number };
type Place = Pick<UploadTask, "cloudFile" | "account" | "endpoint" | "container" | "token">;

/** Uploads to Azurite on this computer, beside a plain script that sends file by file with Microsoft's client; in turns. */
export async function storage(bench: Bench): Promise<readonly Figure[]> {
  const folder = path.join(bench.root, "storage");
  const [small, large] = [path.join(folder, "small"), path.join(folder, "large")];
  const smallFiles = 20_000;
  writeRandom(small, smallFiles, 2000);
  const largeMegabytes = 2048;
  writeRandom(large, 8, (largeMegabytes * mebibyte) / 8);
  const manySmall = await compare(bench, small, 0);
  const farAway = await compare(bench, small, farAwayMs);
  const fewLarge = await compare(bench, large, 0);
  const smallRate = (seconds: readonly number[]) => rateText(spread(seconds.map((one) => smallFiles / one)));
  const smallName = `${smallFiles.toLocaleString("en-US")} files of 2 kB`;
  return [
    // Here Azurite alone, which works on one core, takes up most of the time: what can be saved is the rest.
    ...figures(`${smallName}, on this computer`, manySmall, null, smallRate),
    ...figures(`${smallName}, ${farAwayMs} ms away`, farAway, 3, smallRate),
    ...figures(
      "2 GB in 8 files",
      fewLarge,
      0.9,
      (seconds) => `${shareText(spread(seconds.map((one) => largeMegabytes / one)))} MB/s`,
    ),
    plain("2 GB, killed three times", await interrupted(bench, large)),
  ];
}

function figures(
  what: string,
  { ours, plains }: { readonly ours: readonly Ran[]; readonly plains: readonly Ran[] },
  goal: number | null,
  rate: (seconds: readonly number[]) => string,
): readonly Figure[] {
  const secondsOf = (runs: readonly Ran[]) => runs.map(({ seconds }) => seconds);
  const ratios = ours.map(({ seconds }, index) => (plains[index]?.seconds ?? 0) / seconds);
  const peak = (runs: readonly Ran[]) => shareText(spread(runs.map(({ peakMegabytes }) => peakMegabytes)));
  return [
    plain(`${what}, ours`, rate(secondsOf(ours))),
    plain(`${what}, plain script`, rate(secondsOf(plains))),
    goal === null
      ? plain(`${what}, ours ÷ plain`, shareText(spread(ratios)))
      : atLeast(`${what}, ours ÷ plain`, spread(ratios), goal),
    plain(`${what}, memory at most, ours and plain`, `${peak(ours)} and ${peak(plains)} MB`),
  ];
}

/** Each round has an Azurite of its own, so that what one left is nothing to the next. */
async function compare(
  bench: Bench,
  source: string,
  delayMs: number,
): Promise<{ readonly ours: Ran[]; readonly plains: Ran[] }> {
  const ledgerFile = `${source}.db`;
  await addressOfFolder(source, ledgerFile);
  const ours: Ran[] = [];
  const plains: Ran[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const turns = [
      { program: "our-upload.ts", runs: ours },
      { program: "plain-upload.ts", runs: plains },
    ];
    for (const { program, runs } of round % 2 === 0 ? turns : turns.toReversed()) {
      await withAzurite(
        bench,
        async (place) => {
          const upload = { folder: source, ledgerFile, prefix: "bench" };
          runs.push(await start(program, { ...place, upload }, bench).ended);
        },
        delayMs,
      );
    }
  }
  return { ours, plains };
}

/** Killed at a quarter, at half and at three quarters of the time that it took before; tells what had to be sent again. */
async function interrupted(bench: Bench, source: string): Promise<string> {
  const ledgerFile = `${source}.db`;
  let text = "";
  await withAzurite(bench, async (place, azurite) => {
    const upload = { folder: source, ledgerFile, prefix: "interrupted" };
    for (const blocks of [50, 100, 180]) {
      const running = start("our-upload.ts", { ...place, upload }, bench);
      await untilStaged(azurite, blocks, place);
      running.kill();
      await running.ended.catch(() => undefined);
    }
    const before = await stagedBlocks(azurite, place);
    const { seconds } = await start("our-upload.ts", { ...place, upload }, bench).ended;
    text = `${before} blocks were there and stayed; the rest took ${seconds.toFixed(1)} s`;
  });
  return text;
}

/** Blocks of 8 MiB that the service has, of blobs that are whole or not. */
async function stagedBlocks(azurite: Azurite, { container, endpoint }: Place): Promise<number> {
  let blocks = 0;
  for (let file = 0; file < 8; file += 1) {
    const asked = { host: `${account}.blob.${endpoint}`, method: "GET" };
    const { body } = await azurite.ask({
      ...asked,
      path: `/${container}/interrupted/0/${file}.bin?comp=blocklist&blocklisttype=all`,
    });
    blocks += body.toString("utf8").split("<Block>").length - 1;
  }
  return blocks;
}

async function untilStaged(azurite: Azurite, blocks: number, place: Place): Promise<void> {
  while ((await stagedBlocks(azurite, place)) < blocks) await new Promise((resolve) => setTimeout(resolve, 100));
}

async function withAzurite(
  bench: Bench,
  use: (place: Place, azurite: Azurite) => Promise<void>,
  delayMs = 0,
): Promise<void> {
  const folder = path.join(bench.root, "azurite");
  fs.mkdirSync(folder, { recursive: true });
  const authority = makeAuthority();
  fs.writeFileSync(path.join(folder, "ca.pem"), authority.certificate);
  const azurite = await startAzurite(folder, authority, [account]);
  const relay = await startRelay(azurite.port, delayMs);
  const endpoint = `lab.test:${relay.port}`;
  const cloudFile = path.join(folder, "cloud.json");
  const resource = "https://storage.azure.com";
  const cloud = {
    name: "Bench",
    authority: "https://login.lab.test",
    resource_manager: "https://management.lab.test",
    ml_resource: resource,
    resource_manager_resource: resource,
    storage_resource: resource,
    hosts: [`${host}:${relay.port}`],
    ca_file: "ca.pem",
    resolve: { [host]: "127.0.0.1" },
  };
  fs.writeFileSync(cloudFile, JSON.stringify(cloud));
  const container = "bench";
  await azurite.ask({ host: `${host}:${relay.port}`, method: "PUT", path: `/${container}?restype=container` });
  await use({ cloudFile, account, endpoint, container, token: azurite.token }, azurite);
  relay.close();
  await azurite.close();
}

/** As far away as `delayMs`: what a server answers comes that much later. Without a delay it is the server itself. */
async function startRelay(
  port: number,
  delayMs: number,
): Promise<{ readonly port: number; readonly close: () => void }> {
  if (delayMs === 0) return { port, close: () => undefined };
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (near) => {
    const far = net.connect({ port, host: "127.0.0.1", noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => [near, far].forEach((one) => one.destroy()));
    }
    near.pipe(far);
    far.on("data", (chunk) => setTimeout(() => near.write(chunk), delayMs));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as net.AddressInfo).port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function start(program: string, task: UploadTask, bench: Bench) {
  const child = spawn(
    process.execPath,
    sourceProgram(path.join(import.meta.dirname, "../programs", program), JSON.stringify(task)),
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: path.join(bench.root, "azurite", "ca.pem") },
    },
  );
  const memory = memoryOf(child.pid ?? 0);
  const lines = readline.createInterface({ input: child.stdout });
  const seconds = new Promise<number>((resolve, reject) => {
    lines.once("line", (line) => resolve(Number(line)));
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}`)));
  });
  return {
    kill: () => void child.kill("SIGKILL"),
    ended: seconds.then(
      (value): Ran => ({ seconds: value, peakMegabytes: memory.peakMegabytes() }),
      (error: unknown) => {
        memory.peakMegabytes();
        throw error;
      },
    ),
  };
}

function writeRandom(folder: string, files: number, bytes: number): void {
  for (let index = 0; index < files; index += 1) {
    const inner = path.join(folder, String(Math.floor(index / 1000)));
    if (index % 1000 === 0) fs.mkdirSync(inner, { recursive: true });
    const file = fs.openSync(path.join(inner, `${index}.bin`), "w");
    for (let left = bytes; left > 0; left -= mebibyte) fs.writeSync(file, randomBytes(Math.min(mebibyte, left)));
    fs.closeSync(file);
  }
}
