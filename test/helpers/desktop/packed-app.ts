import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import path from "node:path";
import { prepareElectronRuntime } from "../../electron-runtime/prepare.ts";
import { type DesktopPlace, desktopEnvironment } from "./electron-app.ts";

const repository = path.join(import.meta.dirname, "../../..");

/** Packs the app as it is released, only on the test runtime, into `folder`; returns the folder of the unpacked app. */
export async function packApp(folder: string): Promise<string> {
  const runtime = await prepareElectronRuntime();
  const packed = spawnSync(process.execPath, ["scripts/package.mjs", "--to", folder], {
    cwd: repository,
    env: { ...process.env, BATCHDECK_ELECTRON_DIST: runtime.dist },
    encoding: "utf8",
  });
  if (packed.status !== 0) throw new Error(`The app could not be packed:\n${packed.stdout}\n${packed.stderr}`);
  return path.join(folder, "linux-unpacked");
}

/** A file in an archive: its path with `/`, and whether it lies beside the archive instead. */
export type ArchivedFile = { readonly path: string; readonly isOutside: boolean };

/** What an Electron archive holds: four lengths, then its index as JSON. */
export function archivedFiles(archive: string): readonly ArchivedFile[] {
  const file = openSync(archive, "r");
  try {
    const head = Buffer.alloc(16);
    readSync(file, head, 0, 16, 0);
    const index = Buffer.alloc(head.readUInt32LE(12));
    readSync(file, index, 0, index.length, 16);
    return filesIn(JSON.parse(index.toString()) as ArchiveEntry, "");
  } finally {
    closeSync(file);
  }
}

type ArchiveEntry = { readonly files?: Readonly<Record<string, ArchiveEntry>>; readonly unpacked?: boolean };

function filesIn(entry: ArchiveEntry, place: string): readonly ArchivedFile[] {
  if (entry.files === undefined) return [{ path: place, isOutside: entry.unpacked === true }];
  return Object.entries(entry.files).flatMap(([name, child]) =>
    filesIn(child, place === "" ? name : `${place}/${name}`),
  );
}

/** Every file below a folder, with `/`, and its size in bytes. */
export function filesBelow(folder: string): readonly { readonly path: string; readonly bytes: number }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return { path: path.relative(folder, file).split(path.sep).join("/"), bytes: statSync(file).size };
    });
}

/** A packed app that runs. */
export type RunningPackedApp = {
  /** Evaluates an expression in the page and gives its value. */
  readonly evaluate: <Value>(expression: string) => Promise<Value>;
  /** Ends the program as the system does; resolves when it is gone. */
  readonly close: () => Promise<void>;
};

/**
 * Starts a packed app as users have it. Its fuses keep debuggers away from the main process, and with them Playwright;
 * Chromium's own door to the page stays, so the page is asked there.
 */
export async function startPackedApp(executable: string, place: DesktopPlace): Promise<RunningPackedApp> {
  const runtime = await prepareElectronRuntime();
  mkdirSync(path.join(place.folder, "config"), { recursive: true });
  const child = spawn(executable, ["--no-sandbox", "--remote-debugging-port=0"], {
    env: desktopEnvironment(place, runtime),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  try {
    const port = await debuggingPort(child.stderr);
    const socket = new WebSocket(await pageAddress(port));
    await once(socket, "open");
    return {
      evaluate: (expression) => evaluate(socket, expression),
      async close() {
        socket.close();
        child.kill("SIGTERM");
        await ended;
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    await ended;
    throw error;
  }
}

/** Chromium says on stderr where it listens. */
async function debuggingPort(stderr: NodeJS.ReadableStream): Promise<number> {
  let said = "";
  for await (const chunk of stderr) {
    said += String(chunk);
    const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`The packed app ended before it was ready; it said:\n${said}`);
}

async function pageAddress(port: number): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const targets = (await response.json()) as { readonly url: string; readonly webSocketDebuggerUrl: string }[];
    const page = targets.find(({ url }) => url.startsWith("app://"));
    if (page !== undefined) return page.webSocketDebuggerUrl;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The packed app opened no window.");
}

let lastId = 0;

function evaluate<Value>(socket: WebSocket, expression: string): Promise<Value> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve, reject) => {
    const onMessage = ({ data }: MessageEvent): void => {
      const answer = JSON.parse(String(data)) as EvaluationAnswer;
      if (answer.id !== id) return;
      socket.removeEventListener("message", onMessage);
      if (answer.result?.exceptionDetails === undefined) resolve(answer.result?.result.value as Value);
      else reject(new Error(`${expression} failed in the page: ${JSON.stringify(answer.result.exceptionDetails)}`));
    };
    socket.addEventListener("message", onMessage);
    const params = { expression, awaitPromise: true, returnByValue: true };
    socket.send(JSON.stringify({ id, method: "Runtime.evaluate", params }));
  });
}

type EvaluationAnswer = {
  readonly id?: number;
  readonly result?: { readonly result: { readonly value?: unknown }; readonly exceptionDetails?: unknown };
};
