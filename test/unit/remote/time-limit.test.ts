import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { withinTime } from "../../../electron/remote/network/time-limit.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const limits = { ms: 1000, graceMs: 100, signal: null };
const never = new Promise<never>(() => undefined);

it("ends work that heeds no signal, a moment after its time", async () => {
  const end = expect(withinTime(() => never, limits)).rejects.toMatchObject({ code: "ETIMEDOUT" });
  await vi.advanceTimersByTimeAsync(1100);
  await end;
});

it("ends work that heeds no signal, a moment after it was cut off", async () => {
  const cut = new AbortController();
  const end = expect(withinTime(() => never, { ...limits, signal: cut.signal })).rejects.toMatchObject({
    name: "AbortError",
  });
  cut.abort();
  await vi.advanceTimersByTimeAsync(100);
  await end;
});

it("leaves work its time while something comes and goes, and while it waits for somebody", async () => {
  const work = withinTime(async ({ alive, whileWaiting, signal }) => {
    for (let step = 0; step < 5; step += 1) {
      await new Promise((resolve) => setTimeout(resolve, 900));
      alive();
    }
    await whileWaiting(new Promise((resolve) => setTimeout(resolve, 60_000)));
    return signal.aborted;
  }, limits);
  await vi.advanceTimersByTimeAsync(5 * 900 + 60_000);
  expect(await work).toBe(false);
});

it("leaves no timer behind for work that still waits for somebody when it is left", async () => {
  const cut = new AbortController();
  const wait = new Promise<void>((resolve) => setTimeout(resolve, 5000));
  const end = expect(
    withinTime(({ whileWaiting }) => whileWaiting(wait), { ...limits, signal: cut.signal }),
  ).rejects.toMatchObject({ name: "AbortError" });
  cut.abort();
  await vi.advanceTimersByTimeAsync(100);
  await end;
  await vi.advanceTimersByTimeAsync(4900);
  expect(vi.getTimerCount()).toBe(0);
});

it("waits for work that lets go when it is cut off, and leaves no timer behind", async () => {
  const cut = new AbortController();
  const steps: string[] = [];
  const end = withinTime(
    async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await new Promise((resolve) => setTimeout(resolve, 50));
      steps.push("let go");
      throw new Error("as it likes");
    },
    { ...limits, signal: cut.signal },
  ).catch(() => steps.push("ended"));
  cut.abort();
  await vi.advanceTimersByTimeAsync(50);
  await end;
  expect(steps).toEqual(["let go", "ended"]);
  expect(vi.getTimerCount()).toBe(0);
});
