import { expect, it } from "vitest";
import { failure, success } from "../../../../electron/contract/problem.ts";
import { createFlight } from "../../../../electron/remote/storage/flight.ts";
import { seededRandom } from "../../../helpers/random.ts";

const uncancelled = new AbortController().signal;

it("never has more under way than its limits, whatever the sizes; what is larger goes alone", async () => {
  const random = seededRandom(5);
  const limits = { requests: 6, bytes: 1000 };
  const flight = createFlight(limits, uncancelled);
  const open = new Set<number>();
  let done = 0;
  const landed = await flight.land(async () => {
    for (let index = 0; index < 500; index += 1) {
      const bytes = Math.floor(random() * 300) + (index % 50 === 0 ? 2000 : 0);
      await flight.start(bytes, async () => {
        open.add(bytes);
        const sum = [...open].reduce((total, one) => total + one, 0);
        expect(open.size).toBeLessThanOrEqual(limits.requests);
        if (open.size > 1) expect(sum).toBeLessThanOrEqual(limits.bytes);
        for (let turns = Math.floor(random() * 5); turns > 0; turns -= 1) await Promise.resolve();
        open.delete(bytes);
        done += 1;
        return success(null);
      });
    }
  });
  expect(landed).toEqual(success(null));
  expect(done).toBe(500);
});

it("starts nothing after the first problem, cuts off what runs, and tells that problem", async () => {
  const flight = createFlight({ requests: 2, bytes: 100 }, uncancelled);
  const started: boolean[] = [];
  const landed = await flight.land(async () => {
    await flight.start(
      1,
      () =>
        new Promise((resolve) => {
          flight.signal.addEventListener("abort", () => resolve(failure("azure/cancelled")));
        }),
    );
    await flight.start(1, () => Promise.resolve(failure("azure/sign-in-needed")));
    started.push(await flight.start(1, () => Promise.resolve(success(null))));
  });
  expect(started).toEqual([false]);
  expect(landed).toMatchObject({ problem: { kind: "azure/sign-in-needed" } });
});

it("tells a cancellation as such, and throws what was no problem", async () => {
  const stop = new AbortController();
  const cancelled = createFlight({ requests: 1, bytes: 1 }, stop.signal);
  stop.abort();
  expect(
    await cancelled.land(async () => void (await cancelled.start(1, () => Promise.resolve(success(null))))),
  ).toMatchObject({
    problem: { kind: "azure/cancelled" },
  });
  const broken = createFlight({ requests: 1, bytes: 1 }, uncancelled);
  await expect(
    broken.land(async () => void (await broken.start(1, () => Promise.reject(new Error("a bug"))))),
  ).rejects.toThrow("a bug");
});
