import { expect, it } from "vitest";
import { systemClock } from "../../../../electron/compute/clock.ts";
import { createPace, type Pace } from "../../../../electron/remote/storage/pace.ts";
import { pass, useFakeClock } from "../../../helpers/engine/fake-clock.ts";

useFakeClock();
const signal = new AbortController().signal;

/** Lets a kilobyte through after another for as long as nobody stops it; tells how many went. */
function send(pace: Pace, until: AbortSignal = signal): () => number {
  let sent = 0;
  void (async () => {
    while (!until.aborted) {
      await pace.pass(1000, until);
      sent += 1;
      if (sent > 10_000) return;
    }
  })();
  return () => sent;
}

it("lets everything through at once when there is no limit", async () => {
  const sent = send(createPace());
  await pass(100);
  expect(sent()).toBeGreaterThan(10_000);
});

it("lets as many bytes through a second as it is told, and follows when that changes", async () => {
  const pace = createPace();
  pace.limit(10_000);
  const stop = new AbortController();
  const sent = send(pace, stop.signal);
  await pass(10_000);
  expect(sent()).toBeGreaterThanOrEqual(98);
  expect(sent()).toBeLessThanOrEqual(106);
  pace.limit(100_000);
  const before = sent();
  await pass(10_000);
  expect(sent() - before).toBeGreaterThanOrEqual(980);
  expect(sent() - before).toBeLessThanOrEqual(1040);
  stop.abort();
});

it("lets nothing through while it is paused, and those that wait when it goes on or is cancelled", async () => {
  const pace = createPace();
  pace.pause();
  const stop = new AbortController();
  let [passed, cancelled] = [false, false];
  void pace.pass(1, signal).then(() => (passed = true));
  void pace.pass(1, stop.signal).then(() => (cancelled = true));
  await pass(60_000, 10_000);
  expect([passed, cancelled]).toEqual([false, false]);
  stop.abort();
  await pass(100);
  expect([passed, cancelled]).toEqual([false, true]);
  pace.resume();
  await pass(100);
  expect(passed).toBe(true);
});

it("remembers nobody who has passed", async () => {
  let cancels = 0;
  const pace = createPace({
    ...systemClock,
    setTimeout(work, ms) {
      setTimeout(work, ms);
      return { cancel: () => (cancels += 1) };
    },
  });
  pace.limit(10_000);
  const stop = new AbortController();
  const sent = send(pace, stop.signal);
  await pass(10_000);
  stop.abort();
  await pass(1000);
  const before = cancels;
  expect([sent() > 90, before > 90]).toEqual([true, true]);
  pace.limit(20_000);
  await pass(100);
  expect(cancels).toBe(before);
});
