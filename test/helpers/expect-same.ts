import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";

/** `toStrictEqual` for large values: quick when they are equal, and the difference in full when they are not. */
export function expectSame(found: unknown, wanted: unknown, about?: string): void {
  if (!isDeepStrictEqual(found, wanted)) expect(found, about).toStrictEqual(wanted);
}
