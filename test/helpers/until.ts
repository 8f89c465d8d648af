import { sleep } from "./sleep.ts";

/** Waits until something is true. The time limit of the test is the limit. */
export async function until(isTrue: () => boolean | Promise<boolean>, everyMs = 10): Promise<void> {
  while (!(await isTrue())) await sleep(everyMs);
}
