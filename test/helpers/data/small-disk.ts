import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { FaultPlace } from "../engine/fault-shim.ts";

/** A disk of its own that a test fills, empties and makes read-only. */
export type SmallDisk = {
  readonly folder: string;
  /** Variables for the program that uses it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly fill: () => void;
  readonly empty: () => void;
  readonly setReadOnly: (isReadOnly: boolean) => void;
  readonly end: () => void;
};

/** A real one in memory where mounting is allowed; elsewhere a folder whose calls `faults` refuses as such a disk would. */
export function smallDisk(folder: string, megabytes: number, faults: FaultPlace): SmallDisk {
  fs.mkdirSync(folder, { recursive: true });
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]).status === 0;
  return mounted ? realDisk(folder) : pretendedDisk(folder, faults);
}

function realDisk(folder: string): SmallDisk {
  const filler = path.join(folder, "filler");
  return {
    folder,
    environment: {},
    fill() {
      const file = fs.openSync(filler, "w");
      try {
        for (let bytes = 1 << 20; bytes >= 1; ) {
          try {
            fs.writeSync(file, Buffer.alloc(bytes));
          } catch {
            bytes = Math.floor(bytes / 16);
          }
        }
      } finally {
        fs.closeSync(file);
      }
    },
    empty: () => fs.rmSync(filler),
    setReadOnly(isReadOnly) {
      const { status, stderr } = spawnSync("mount", ["-o", `remount,${isReadOnly ? "ro" : "rw"}`, folder]);
      if (status !== 0) throw new Error(String(stderr));
    },
    end: () => void spawnSync("umount", ["-l", folder]),
  };
}

function pretendedDisk(folder: string, faults: FaultPlace): SmallDisk {
  const refuse = (action: "ENOSPC" | "EROFS") =>
    faults.setRules([{ action, program: "engine", call: "*", pattern: `${folder}/*`, nth: 1, times: "always" }]);
  return {
    folder,
    environment: faults.environment,
    fill: () => refuse("ENOSPC"),
    empty: () => faults.repair(),
    setReadOnly: (isReadOnly) => (isReadOnly ? refuse("EROFS") : faults.repair()),
    end: () => faults.repair(),
  };
}
