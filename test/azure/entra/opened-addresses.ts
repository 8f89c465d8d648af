import fs from "node:fs";
import path from "node:path";
import { until } from "../../helpers/until.ts";

/** The system's way to open an address, as far as a program sees it: `xdg-open` at the front of the PATH. */
export type OpenedAddresses = {
  readonly path: string;
  /** The next address that somebody opens. */
  readonly next: () => Promise<string>;
};

/** `exitCode`: 3 is that of a system without a browser. */
export function recordOpenedAddresses(folder: string, exitCode = 0): OpenedAddresses {
  const programs = path.join(folder, "programs");
  const opened = path.join(folder, "opened");
  fs.mkdirSync(programs, { recursive: true });
  const script = `#!/bin/sh\nprintf '%s' "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\nexit ${exitCode}\n`;
  fs.writeFileSync(path.join(programs, "xdg-open"), script, { mode: 0o755 });
  return {
    path: `${programs}${path.delimiter}${process.env["PATH"] ?? ""}`,
    async next() {
      await until(() => fs.existsSync(opened));
      const address = fs.readFileSync(opened, "utf8");
      fs.rmSync(opened);
      return address;
    },
  };
}
