import { spawn } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { createLease } from "../../../electron/jobs/queue/lease.ts";
import { connect } from "../../../electron/registry/open-database.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const home = temporaryFolder("lease");
const quietHome = temporaryFolder("lease-asked");
const lease = path.join(import.meta.dirname, "../../../electron/jobs/queue/lease.ts");

/** A process that takes the lease, says so, and holds it until it is killed. */
async function holderOf(home: string) {
  const program = `import { createLease } from ${JSON.stringify(lease)};
    const lease = createLease(${JSON.stringify(home)});
    console.log(lease.tryAcquire());
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const answer = await new Promise<string>((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data).trim())),
  );
  return { child, answer };
}

describe("the lease of a workspace", () => {
  it("is held by one process, also while that one is stopped, and is free as soon as it is killed", async () => {
    const { child, answer } = await holderOf(home);
    expect(answer).toBe("true");
    const ours = createLease(home);
    expect(ours.tryAcquire()).toBe(false);
    child.kill("SIGSTOP");
    expect(ours.tryAcquire()).toBe(false);
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    expect(ours.tryAcquire()).toBe(true);
    expect(ours.isHeld()).toBe(true);
    ours.release();
    const next = await holderOf(home);
    expect(next.answer).toBe("true");
    next.child.kill("SIGKILL");
    ours.close();
  });

  it("can be asked for without being taken", async () => {
    const [one, other] = [createLease(quietHome), createLease(quietHome)];
    expect([one.isTaken(), other.isTaken()]).toEqual([false, false]);
    const { child } = await holderOf(quietHome);
    expect([one.isTaken(), other.isTaken()]).toEqual([true, true]);
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    expect(one.isTaken()).toBe(false);
    // Having asked keeps nobody from taking it.
    expect(other.tryAcquire()).toBe(true);
    expect([one.isTaken(), other.isTaken()]).toEqual([true, true]);
    other.release();
    // Nor does somebody who is asking at this moment look like a holder.
    const asking = connect(path.join(quietHome, "lease.db"));
    asking.exec("BEGIN; SELECT count(*) FROM sqlite_schema");
    expect(asking.inTransaction).toBe(true);
    expect(one.isTaken()).toBe(false);
    asking.close();
    one.close();
    other.close();
  });
});
