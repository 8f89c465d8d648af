import type { ProviderSessions } from "./journal-facts.ts";

/** What the sessions of a job's workers ran on, each different story once with how often it happened. */
type Sessions = readonly ProviderSessions[];

/** Drivers find many words for one fault: so many different stories are kept. */
const maxStories = 20;
/** Largest difference of a device's results to the CPU's; relative to values above 1. */
const deviceTolerance = 1e-5;

export function withSession(sessions: Sessions, provider: string, fallback: string | null): ProviderSessions[] {
  const isSame = (one: ProviderSessions) => one.provider === provider && one.fallback === fallback;
  if (sessions.some(isSame)) return sessions.map((one) => (isSame(one) ? { ...one, count: one.count + 1 } : one));
  return sessions.length < maxStories ? [...sessions, { provider, fallback, count: 1 }] : [...sessions];
}

/** Every provider that ran, in the order in which they were first seen: "webgpu", or "webgpu, cpu". */
export function providersOf(sessions: Sessions): string {
  return [...new Set(sessions.map((one) => one.provider))].join(", ");
}

/** How far results may lie from the CPU's: 0 when everything ran there, which gives the same bytes every time. */
export function toleranceOf(sessions: Sessions): number {
  return sessions.every((one) => one.provider === "cpu") ? 0 : deviceTolerance;
}
