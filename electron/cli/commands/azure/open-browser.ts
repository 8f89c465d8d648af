import { spawn } from "node:child_process";

/** How each system is asked to open an address: a program, and what comes before the address. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  // Not `start`, which is a word of the shell: an address has characters that it would obey.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Some openers last as long as the browser: one that has not failed by then works. */
const patienceMs = 2_000;

/** Asks the system to open an address in the user's browser. False: there is nothing that could, or it said no. */
export function openBrowser(address: string): Promise<boolean> {
  const [program, ...before] = openers[process.platform] ?? ["xdg-open"];
  return new Promise((resolve) => {
    const child = spawn(program, [...before, address], { stdio: "ignore", detached: true });
    const timer = setTimeout(() => resolve(true), patienceMs);
    const end = (isOpened: boolean) => {
      clearTimeout(timer);
      resolve(isOpened);
    };
    child.once("error", () => end(false));
    child.once("exit", (code) => end(code === 0));
    child.unref();
  });
}
