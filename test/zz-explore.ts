import { spawn } from "node:child_process";
import fs from "node:fs";
import { startJobsLab, writeTables } from "./azure/jobs/sample.ts";
import { endpointHost } from "./azure/jobs/jobs.ts";
import { labHosts } from "./azure/lab.ts";
const folder = fs.mkdtempSync("/tmp/w/ends-tmp/x-");
const at = await startJobsLab(folder);
const home = folder + "/home";
type R = { p: Promise<number|null>; out: () => string; kill: (s: NodeJS.Signals) => void };
function start(args: string[], env: Record<string,string> = {}): R {
  const c = spawn(process.execPath, ["dist/cli.cjs", ...args, "--home", home], { env: { ...process.env, ...at.environment, ...env }, stdio: ["ignore","pipe","pipe"] });
  let o = "";
  c.stdout.on("data", (d) => o += d); c.stderr.on("data", (d) => o += String(d).split("\n").map((l) => l && "  ! " + l).join("\n"));
  const p = new Promise<number|null>((r) => c.on("close", (code) => { console.log(`\n$ batchdeck ${args.join(" ")}\n${o}[exit ${code}]`); r(code); }));
  return { p, out: () => o, kill: (s) => c.kill(s) };
}
const run = (...args: string[]) => start(args).p;
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
const until = async (f: () => boolean, n = 300) => { for (let i = 0; i < n && !f(); i++) await sleep(100); };
const input = writeTables(folder + "/in", 2, 3);
const more = writeTables(folder + "/in2", 3, 3);
const sums = ["invoke","-n","sums","--input"];
const only = process.argv.slice(2);
const S: Record<string, () => Promise<void>> = {
  async words() {
    await run("invoke","-n","sums","--input",input,"--remote");
    await run("workspace","use","-w","nope","-g","risk-rg");
    await run("endpoint","list","-w","twin");
    await run(...sums,input,"-w","nope");
    await run("endpoint","list","-w","lab","-o","tsv","--query","[].{n:name,s:provisioning_state}");
  },
  async rights() {
    at.lab.server.disturb(endpointHost("sums"), ...Array.from({length: 3}, () => ({ status: 403, body: { error: { code: "Forbidden", message: "User does not have access." } } })));
    await run(...sums,input,"-w","lab","--job-name","norights");
    at.lab.server.calm();
    at.storage.allow("reading");
    await run(...sums,more,"-w","lab","--job-name","nostorage");
    at.storage.allow("everything");
  },
  async secret() {
    await start([...sums,input,"-w","lab","--job-name","badsecret"], { AZURE_CLIENT_SECRET: "wrong" }).p;
    at.jobs.holdAt("Running");
    const r = start([...sums,input,"-w","lab","--job-name","expires","-d","echo"]);
    await until(() => r.out().includes("Running"));
    at.lab.entra.refuse(...Array.from({length: 20}, () => ({ number: 7000222, error: "invalid_client" })));
    at.lab.server.disturb(endpointHost("sums"), ...Array.from({length: 5}, () => ({ status: 401, body: {} })));
    await sleep(15000); r.kill("SIGINT"); await r.p;
    at.jobs.holdAt(null); at.lab.server.calm();
    await run("job","show","-n","expires","-o","yaml");
  },
  async ctrlc() {
    const h = at.storage.hold();
    const r = start([...sums,writeTables(folder+"/in3",4,4),"-w","lab","--job-name","upload"]);
    await until(() => h.waiting() > 0);
    await sleep(3000);
    r.kill("SIGINT"); await sleep(2500); h.release(); await r.p;
    await run("job","show","-n","upload");
    at.jobs.holdAt("Running");
    const f = start(["job","resume","-n","upload"]);
    await until(() => f.out().includes("Running")); await sleep(4000);
    f.kill("SIGINT"); await f.p;
    const g = start(["job","stream","-n","upload"]);
    await sleep(4000); g.kill("SIGINT"); await sleep(100); g.kill("SIGINT"); await g.p;
    await run("job","list","-o","tsv","--query","[].[name,status,succeeded,runs_on]");
    await run("job","pause","-n","upload");
    await run("job","cancel","-n","upload");
    at.jobs.holdAt(null);
    await run("job","show","-n","upload","--json");
  },
  async gone() {
    at.jobs.holdAt("Running");
    const r = start([...sums,writeTables(folder+"/in4",1,4),"-w","lab","--job-name","gone","-d","echo"]);
    await until(() => r.out().includes("Running")); await sleep(1500);
    at.lab.server.disturb(endpointHost("sums"), ...Array.from({length: 60}, () => "cut" as const));
    at.lab.server.disturb(labHosts.management, ...Array.from({length: 60}, () => "cut" as const));
    await sleep(20000);
    at.jobs.holdAt(null); at.lab.server.calm();
    await r.p;
    await run("job","show","-n","gone");
  },
};
for (const n of only) { console.log("=== " + n); await S[n]!(); }
await at.close().catch((e) => console.log(String(e)));
process.exit(0);
