import fs from "node:fs";
import path from "node:path";

/** Where a secret may be found: a name for people, and the bytes. */
export type Place = readonly [name: string, bytes: Buffer | string];

/** Of a longer secret so many bytes at its end are looked for: what holds all of it holds these, and they are no two tokens' alike. */
const sought = 36;

/** Which of the secrets are in which of the places: as they are, in UTF-16, in base64 or in hexadecimal digits. */
export function findSecrets(secrets: readonly string[], places: Iterable<Place>): readonly string[] {
  // By their first two bytes: places are large, and secrets are many.
  const byStart = new Map<number, { readonly bytes: Buffer; readonly form: string; readonly secret: string }[]>();
  for (const secret of secrets) {
    for (const [form, bytes] of formsOf(secret.slice(-sought))) {
      const start = bytes.readUInt16LE(0);
      byStart.set(start, [...(byStart.get(start) ?? []), { bytes, form, secret }]);
    }
  }
  const found = new Set<string>();
  for (const [name, content] of places) {
    const bytes = Buffer.from(content);
    for (let at = 0; at + 1 < bytes.length; at += 1) {
      const start = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
      for (const needle of byStart.get(start) ?? []) {
        if (needle.bytes.equals(bytes.subarray(at, at + needle.bytes.length)))
          found.add(`${needle.secret.slice(0, 12)}… is in ${name}, ${needle.form}`);
      }
    }
  }
  return [...found];
}

function formsOf(secret: string): readonly (readonly [string, Buffer])[] {
  const plain = Buffer.from(secret);
  // What is encoded in a longer text begins at any of three places of a group of three bytes; its ends belong to neighbours, too.
  const inBase64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), plain])
      .toString("base64")
      .replace(/=+$/, "");
    return Buffer.from(text.slice(before === 0 ? 0 : before + 1, -2));
  });
  return [
    ["as it is", plain],
    ["in UTF-16", Buffer.from(secret, "utf16le")],
    ["in hexadecimal", Buffer.from(plain.toString("hex"))],
    ...inBase64.map((bytes) => ["in base64", bytes] as const),
  ];
}

/** Every file below a folder, as it is at this moment. */
export function* filesBelow(folder: string): Iterable<Place> {
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    try {
      yield [path.relative(folder, file), fs.readFileSync(file)];
    } catch (error) {
      // It was there for a moment only.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

export type SeenProcess = {
  readonly pid: number;
  readonly parent: number;
  /** What the program calls it, when it is one of its own. */
  readonly label: string;
  readonly environ: string;
  readonly cmdline: string;
};

/** All processes below one. `parents`: those that are known from an earlier look. Linux. */
export function processesBelow(root: number, parents = new Map<number, number>()): readonly SeenProcess[] {
  for (const name of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (parents.has(Number(name))) continue;
    const [, parent] = /\) \S (\d+) /.exec(readIfThere(`/proc/${name}/stat`)) ?? [];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === root || isBelow(parent));
  };
  return [...parents]
    .filter(([pid]) => isBelow(pid) && fs.existsSync(`/proc/${pid}`))
    .map(([pid, parent]) => {
      const [environ, cmdline] = [readIfThere(`/proc/${pid}/environ`), readIfThere(`/proc/${pid}/cmdline`)];
      const [, label = ""] = /BATCHDECK_PROCESS=([^\0]*)/.exec(environ) ?? [];
      return { pid, parent, label, environ, cmdline };
    });
}

/**
 * The environments and command lines of all processes below one, looked at again and again until `end`: whoever lives for a
 * moment only is seen, too.
 */
export function watchProcesses(root: number): { readonly end: () => readonly Place[] } {
  const seen = new Map<number, readonly Place[]>();
  const parents = new Map<number, number>();
  function look(): void {
    for (const { pid, parent, environ, cmdline, label } of processesBelow(root, parents)) {
      // Between fork and exec it is still its parent.
      if (cmdline === "" || cmdline === readIfThere(`/proc/${parent}/cmdline`)) continue;
      seen.set(pid, [
        [`the environment of ${label} ${pid}`, environ],
        [`the command line of ${label} ${pid}`, cmdline],
      ]);
    }
  }
  const timer = setInterval(look, 50);
  return {
    end() {
      clearInterval(timer);
      return [...seen.values()].flat();
    },
  };
}

/** A process may be gone by now. */
function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
