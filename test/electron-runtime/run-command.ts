import { spawn } from "node:child_process";

/** Runs a program to its end; what it printed is shown only when it failed. */
export async function runCommand(
  command: string,
  args: readonly string[],
  cwd: string,
  env = process.env,
): Promise<void> {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((done, failed) => {
    child.once("error", failed);
    child.once("close", done);
  });
  if (code !== 0) {
    process.stderr.write(Buffer.concat(output));
    throw new Error(`${command} ${args.join(" ")} failed; its output is above.`);
  }
}
