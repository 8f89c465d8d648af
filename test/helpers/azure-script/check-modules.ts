import { execFile } from "node:child_process";
import path from "node:path";
import { azurePython, azurePythonEnvironment } from "./python-runtime.ts";

const folder = path.join(import.meta.dirname, "../../../electron/deployments/azure-script/python");

/** Has one part of the scripts' code do what is asked: what it answers. */
export function askModule<Answer>(part: "numbers" | "tokens" | "boxes", request: object): Promise<Answer> {
  const options = { env: { ...process.env, ...azurePythonEnvironment() }, maxBuffer: 1 << 26 };
  return new Promise((resolve, reject) => {
    const child = execFile(
      azurePython,
      [path.join(import.meta.dirname, "check-modules.py")],
      options,
      (error, stdout) => {
        if (error === null) resolve(JSON.parse(stdout) as Answer);
        else reject(new Error(error.message));
      },
    );
    child.stdin?.end(JSON.stringify({ part, folder, ...request }));
  });
}
