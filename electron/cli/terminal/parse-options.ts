import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { nearest } from "./nearest.ts";
import { type Option, spellingsOf } from "./usage.ts";

export type ParsedOptions =
  | { readonly ok: true; readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] }
  /** A sentence. */
  | { readonly ok: false; readonly problem: string };

/**
 * Reads options as `az` does: a long one may be cut short as long as it is still only that one, and one that may be
 * repeated takes several `key=value` words (`--set a=1 b=2`).
 */
export function parseOptions(args: readonly string[], options: readonly Option[]): ParsedOptions {
  const whole = args.slice(0, args.includes("--") ? args.indexOf("--") : args.length);
  const written: string[] = [];
  let collecting: string | null = null;
  for (const arg of whole) {
    if (collecting !== null && /^[^-=][^=]*=/.test(arg)) {
      if (written.at(-1) !== collecting) written.push(collecting);
      written.push(arg);
      continue;
    }
    const found = spelledOut(arg, options);
    if (found.problem !== null) return { ok: false, problem: found.problem };
    collecting = found.option?.isRepeated === true && !arg.includes("=") ? `--${found.option.name}` : null;
    written.push(found.arg);
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...written, ...args.slice(whole.length)],
      options: Object.fromEntries(options.map((option) => [option.name, parsedOption(option)])),
      allowPositionals: true,
      strict: true,
    });
    return { ok: true, values, positionals };
  } catch (error) {
    return { ok: false, problem: firstSentence((error as Error).message) };
  }
}

type SpelledOut = { readonly arg: string; readonly option: Option | null; readonly problem: string | null };

/** The argument with its option's whole name, whichever it was given by. */
function spelledOut(arg: string, options: readonly Option[]): SpelledOut {
  const plain = { arg, option: null, problem: null };
  if (!arg.startsWith("-") || arg === "-") return plain;
  if (!arg.startsWith("--")) {
    const option = options.find(({ letter, alias }) => arg === `-${letter}` || arg === `-${alias}`) ?? null;
    if (option !== null) return { arg: `--${option.name}`, option, problem: null };
    const isKnown = options.some(({ letter, alias }) => [letter, alias].includes(arg[1]));
    return isKnown ? plain : { ...plain, problem: unknownOption(arg.slice(0, 2), options) };
  }
  const [name = "", ...value] = arg.slice(2).split("=");
  const meant = options.filter((option) => option.name === name);
  const candidates = meant.length > 0 ? meant : options.filter((option) => option.name.startsWith(name));
  const [option] = candidates;
  if (option === undefined || name === "") return { ...plain, problem: unknownOption(`--${name}`, options) };
  if (candidates.length > 1) {
    const names = candidates.map((one) => `--${one.name}`).join(", ");
    return { ...plain, problem: `"--${name}" may be any of ${names}.` };
  }
  return { arg: [`--${option.name}`, ...value].join("="), option, problem: null };
}

function unknownOption(typed: string, options: readonly Option[]): string {
  const near = nearest(
    typed,
    options.flatMap(spellingsOf).filter((spelling) => spelling.startsWith("--")),
  );
  return `Unknown option "${typed}"${near === null ? "." : `; did you mean "${near}"?`}`;
}

function parsedOption({ letter, alias, placeholder, isRepeated }: Option): ParseArgsOptionsConfig[string] {
  const short = letter ?? alias;
  return {
    type: placeholder === null ? "boolean" : "string",
    ...(short === undefined ? {} : { short }),
    ...(isRepeated === true ? { multiple: true } : {}),
  };
}

/** Of what Node says about arguments, which may run over several lines. */
function firstSentence(text: string): string {
  const [message = ""] = text.split("\n");
  const end = message.indexOf(". ");
  return end === -1 ? `${message.replace(/\.$/, "")}.` : message.slice(0, end + 1);
}
