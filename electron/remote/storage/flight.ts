import { failure, type Result, success } from "../../contract/problem.ts";

/** How much may be under way at once. */
export type FlightLimits = { readonly requests: number; readonly bytes: number };

/**
 * Work that runs side by side, as much as the limits allow: what needs more memory than that waits for its turn. The first
 * problem, like the signal, lets nothing more start and cuts off what runs.
 */
export type Flight = {
  /** Aborted by the first problem, and by whoever started it all. */
  readonly signal: AbortSignal;
  /** Starts the work once there is room for it; to be asked for one work after another. False: it was not started, and nothing will be. */
  readonly start: (bytes: number, work: () => Promise<Result<unknown>>) => Promise<boolean>;
  /** Lets `begin` start all there is, and waits until it has ended: the first problem, or azure/cancelled. Throws what work threw. */
  readonly land: (begin: () => Promise<void>) => Promise<Result<null>>;
};

export function createFlight(limits: FlightLimits, signal: AbortSignal): Flight {
  const own = new AbortController();
  const running = new Set<Promise<void>>();
  let outcome: Result<null> = success(null);
  let bytesUnderWay = 0;
  let thrown: { readonly error: unknown } | null = null;
  let wake: () => void = () => undefined;

  function stop(): void {
    own.abort();
    wake();
  }

  function fail(error: unknown): void {
    thrown ??= { error };
    stop();
  }

  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) own.abort();

  /** What is larger than the limit goes alone. */
  function isRoom(bytes: number): boolean {
    return running.size === 0 || (running.size < limits.requests && bytesUnderWay + bytes <= limits.bytes);
  }

  async function run(bytes: number, work: () => Promise<Result<unknown>>): Promise<void> {
    try {
      const result = await work();
      if (!result.ok && outcome.ok && !own.signal.aborted) {
        outcome = result;
        stop();
      }
    } catch (error) {
      fail(error);
    } finally {
      bytesUnderWay -= bytes;
      wake();
    }
  }

  return {
    signal: own.signal,
    async start(bytes, work) {
      while (!own.signal.aborted && !isRoom(bytes)) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (own.signal.aborted) return false;
      bytesUnderWay += bytes;
      const task: Promise<void> = run(bytes, work).finally(() => {
        running.delete(task);
        wake();
      });
      running.add(task);
      return true;
    },
    async land(begin) {
      await begin().catch(fail);
      while (running.size > 0) await Promise.all(running);
      signal.removeEventListener("abort", stop);
      if (thrown !== null) throw thrown.error;
      return outcome.ok && signal.aborted ? failure("azure/cancelled") : outcome;
    },
  };
}
