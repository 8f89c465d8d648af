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

/**
 * The environments and command lines of all processes below one, looked at again and again until `end`: whoever lives for a
 * moment only is seen, too. Linux.
 */
export function watchProcesses(root: number): { readonly end: () => readonly Place[] } {
  const seen = new Map<string, string>();
  function look(): void {
    for (const pid of descendantsOf(root)) {
      for (const what of ["environ", "cmdline"]) {
        const text = readIfThere(`/proc/${pid}/${what}`);
        if (text !== "") seen.set(`${what} of ${pid}`, text);
      }
    }
  }
  const timer = setInterval(look, 20);
  return {
    end() {
      clearInterval(timer);
      return [...seen].map(([name, text]) => [`${name} (${labelOf(text)})`, text]);
    },
  };
}

function descendantsOf(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of fs.readdirSync("/proc")) {
    const [, parent] = /\) \S (\d+) /.exec(/^\d+$/.test(name) ? readIfThere(`/proc/${name}/stat`) : "") ?? [];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (parents.get(pid) === root || isBelow(parents.get(pid)));
  return [...parents.keys()].filter(isBelow);
}

function labelOf(environ: string): string {
  return /BATCHDECK_PROCESS=([^\0]*)/.exec(environ)?.[1] ?? "";
}

/** A process may be gone by now. */
function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
