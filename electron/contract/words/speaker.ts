import type { ProblemCode } from "../problem-codes.ts";

/** One sentence each, with a full stop: what happened to which thing, and what the reader can do next (may be empty). */
export type ProblemWords = { readonly message: string; readonly remedy: string };

/** As tables write it: the remedy may be left out. */
export type WrittenWords = readonly [message: string, remedy?: string];

/** A problem as a parameter of another one. */
export type NestedProblem = { readonly kind: string; readonly params: object };

/** What words may need of their language. */
export type Speaker = {
  readonly problem: (problem: NestedProblem) => ProblemWords;
  /** A number as the language writes it. */
  readonly number: (value: number) => string;
};

/**
 * Words by kind: a problem code, with `:detail` where one code has several sentences. Parameters are plain JSON values or a
 * nested problem.
 */
export type WordTable = Readonly<
  Record<ProblemCode | `${ProblemCode}:${string}` | "written", (params: never, speaker: Speaker) => WrittenWords>
>;

/** Words of facts that are parameters of problems: whole sentences, or the part of one that depends on what happened. */
export type FactTable<Words> = Readonly<Record<string, (params: never, speaker: Speaker) => Words>>;

/** A fact that a table has words for. */
export type FactOf<Table extends FactTable<unknown>> = {
  readonly [Kind in keyof Table]: { readonly kind: Kind; readonly params: FactParams<Table, Kind> };
}[keyof Table];

export type FactParams<Table extends FactTable<unknown>, Kind extends keyof Table> =
  Parameters<Table[Kind]> extends [infer Params, ...unknown[]] ? Params : Readonly<Record<string, never>>;

/** The same facts as one of the English tables, in another language. */
export type SameFacts<Table extends FactTable<unknown>> = {
  readonly [Kind in keyof Table]: (
    params: FactParams<Table, Kind>,
    speaker: Speaker,
  ) => ReturnType<Table[Kind]> extends string ? string : WrittenWords;
};

export function factWords<Words>(
  table: FactTable<Words>,
  { kind, params }: { readonly kind: string; readonly params: object },
  speaker: Speaker,
): Words {
  const words = table[kind];
  if (words === undefined) throw new Error(`There are no words for ${kind}.`);
  return words(params as never, speaker);
}

/** Speaks problems by the words of one table, numbers as `locale` writes them. */
export function createSpeaker(
  table: Readonly<Record<string, (params: never, speaker: Speaker) => WrittenWords>>,
  locale: string,
): Speaker {
  // Made when a number is first written: it costs every process of ours milliseconds of its start, and few write one.
  let numbers: Intl.NumberFormat | null = null;
  const speaker: Speaker = {
    problem({ kind, params }) {
      try {
        const words: readonly (string | undefined)[] = table[kind]?.(params as never, speaker) ?? [];
        const [message = kind, remedy = ""] = words;
        return { message, remedy };
      } catch {
        // Stored by another version, with other parameters.
        return { message: kind, remedy: "" };
      }
    },
    number(value) {
      numbers ??= new Intl.NumberFormat(locale);
      return numbers.format(value);
    },
  };
  return speaker;
}

/** A problem as one line. */
export function problemLine({ message, remedy }: ProblemWords): string {
  return remedy === "" ? message : `${message} ${remedy}`;
}
