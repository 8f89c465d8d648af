/**
 * The command line from a checkout: `npm run -s batchdeck -- ARGS`. Builds first when the sources have changed, then
 * becomes the built program: the same process, so Ctrl-C, other signals and the exit code are the program's own. For
 * that, package.json starts it with `exec`; where the shell of npm has none (Windows), run this file with node.
 */
import { spawnSync } from "node:child_process";
import Module from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const program = path.join(root, "dist/cli.cjs");

const build = spawnSync(process.execPath, [path.join(root, "scripts/build.mjs"), "--if-stale", "--only-node"], {
  stdio: ["ignore", process.stderr.fd, process.stderr.fd],
});
if (build.status !== 0) process.exit(build.signal === "SIGINT" ? 130 : 1);

// npm runs scripts in the checkout; the user's relative paths are meant from where the user is.
if (process.env.INIT_CWD !== undefined) process.chdir(process.env.INIT_CWD);
process.argv[1] = program;
takeEchoedInterruptsAsOne();
Module.runMain();

/** A terminal sends Ctrl-C to npm and to this process, and npm hands its own on: that is one Ctrl-C, not two. */
function takeEchoedInterruptsAsOne() {
  const echoMs = 150;
  const emit = process.emit;
  let interruptedAt = -Infinity;
  process.emit = function emitOnce(event, ...details) {
    if (event === "SIGINT") {
      const now = performance.now();
      if (now - interruptedAt < echoMs) return true;
      interruptedAt = now;
    }
    return emit.call(this, event, ...details);
  };
}
