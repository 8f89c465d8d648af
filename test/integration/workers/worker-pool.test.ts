import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import type { Worker } from "../../../electron/compute/worker.ts";
import { createWorkerPool } from "../../../electron/compute/worker-pool.ts";
import { until } from "../../helpers/until.ts";

const host = nodeProcessHost(path.join(import.meta.dirname, "../../../dist"));

/** Waits until the worker's program runs, so that what is ended afterwards is a process that was there. */
function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) =>
    worker.listen({ onMessage: () => resolve(), onDeath: () => reject(new Error("The worker died.")) }),
  );
}

async function untilGone(worker: Worker): Promise<void> {
  await until(() => !worker.isAlive());
}

describe("the workers of a machine", () => {
  const pool = createWorkerPool(host, 2);
  afterAll(() => pool.close());

  it("scale to zero: one that was given back ends after the idle time, and not while it is used again", async () => {
    const first = pool.take("model-a", {});
    await started(first);
    pool.release(first, 0.6);
    expect(pool.take("model-a", {})).toBe(first);
    // Another one, given back later and for longer, has gone: the first one would have gone before it.
    const later = pool.take("model-b", {});
    await started(later);
    pool.release(later, 0.7);
    await untilGone(later);
    expect(first.isAlive()).toBe(true);
    pool.release(first, 0.2);
    await untilGone(first);
    expect(pool.idleCount()).toBe(0);
  });

  it("are kept for the same model only, and make room for another model's", async () => {
    const [one, two] = [pool.take("model-a", {}), pool.take("model-a", {})];
    await Promise.all([started(one), started(two)]);
    pool.release(one, 60);
    pool.release(two, 60);
    const other = pool.take("model-b", {});
    expect([one, two]).not.toContain(other);
    await started(other);
    await until(() => !one.isAlive() || !two.isAlive());
    expect(pool.idleCount()).toBe(1);
    other.kill();
    await untilGone(other);
  });
});
