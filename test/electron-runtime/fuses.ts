import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

/**
 * Electron's fuses: switches that are set in the program itself. Behind a text that marks the place stand a version, how
 * many there are, and "0" or "1" for each, in this order.
 */
const fuseNames = [
  "runAsNode",
  "cookieEncryption",
  "nodeOptionsVariable",
  "nodeInspectArguments",
  "archiveIntegrity",
  "onlyLoadFromArchive",
  "browserSnapshot",
  "fileProtocolPrivileges",
] as const;
type FuseName = (typeof fuseNames)[number];

const mark = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
const [off, on] = Buffer.from("01");

/** The fuses of an Electron program. */
export function fusesOf(executable: string): Readonly<Record<FuseName, boolean>> {
  const { states } = findFuses(executable);
  return Object.fromEntries(fuseNames.map((name, place) => [name, states[place] === on])) as Record<FuseName, boolean>;
}

/** Sets some fuses of an Electron program. */
export function setFuses(executable: string, wanted: Readonly<Partial<Record<FuseName, boolean>>>): void {
  const { first, states } = findFuses(executable);
  for (const [name, isOn] of Object.entries(wanted)) states[fuseNames.indexOf(name as FuseName)] = (isOn ? on : off)!;
  const file = openSync(executable, "r+");
  try {
    writeSync(file, states, 0, states.length, first);
  } finally {
    closeSync(file);
  }
}

function findFuses(executable: string): { readonly first: number; readonly states: Buffer } {
  const program = readFileSync(executable);
  const place = program.indexOf(mark);
  const version = place + mark.length;
  const isKnown = place >= 0 && program[version] === 1 && program[version + 1] === fuseNames.length;
  if (!isKnown) throw new Error(`${executable} has no fuses, or others than those of Electron 33.`);
  const first = version + 2;
  return { first, states: Buffer.from(program.subarray(first, first + fuseNames.length)) };
}
