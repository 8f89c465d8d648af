/** An option of a command. */
export type Option = {
  readonly kind: "option";
  readonly name: string;
  /** `n`: the usage line shows `-n` instead of the name. */
  readonly letter?: string;
  /** `v`: `-v` is taken too, though the usage line shows the name. */
  readonly alias?: string;
  /** What stands for its value in the usage line; null: it has none. */
  readonly placeholder: string | null;
  /** What `--help` says of it; empty where its name says it. */
  readonly help: string;
  /** It may be given several times, and once with several `key=value` words. */
  readonly isRepeated?: true;
  /** An older word for another one: taken, and named by `--help`, but not shown in the usage line. */
  readonly isOlder?: true;
  /** The command itself refuses its absence, once it knows what it is asked to do. */
  readonly isCheckedByCommand?: true;
};

/** A part of a usage line; an option that stands by itself has to be given. */
export type Part =
  | Option
  | { readonly kind: "positional"; readonly placeholder: string }
  /** `[a b]` */
  | { readonly kind: "optional"; readonly parts: readonly Part[] }
  /** `a | b`: the command itself checks that one of them is given. */
  | { readonly kind: "one-of"; readonly forms: readonly (readonly Part[])[] };

/** What follows a command's words. The usage line and what is parsed are both made of it. */
export type Usage = readonly Part[];

type Spelling = Omit<Option, "kind" | "name" | "placeholder" | "help">;

/** An option with a value. */
export function text(name: string, placeholder: string, help: string, spelling: Spelling = {}): Option {
  return { kind: "option", name, placeholder, help, ...spelling };
}

/** An option without one. */
export function flag(name: string, help: string, spelling: Spelling = {}): Option {
  return { kind: "option", name, placeholder: null, help, ...spelling };
}

export function positional(placeholder: string): Part {
  return { kind: "positional", placeholder };
}

export function optional(...parts: readonly Part[]): Part {
  return { kind: "optional", parts };
}

/** `[a] [b] …` */
export function optionals(...options: readonly Option[]): readonly Part[] {
  return options.map((option) => optional(option));
}

export function oneOf(...forms: readonly (readonly Part[])[]): Part {
  return { kind: "one-of", forms };
}

/** `-n NAME | -f FILE [-e ENDPOINT]` */
export function usageText(usage: Usage): string {
  return usage
    .filter((part) => !isOlder(part))
    .map(partText)
    .join(" ");
}

function isOlder(part: Part): boolean {
  return part.kind === "option" ? part.isOlder === true : part.kind === "optional" && part.parts.every(isOlder);
}

function partText(part: Part): string {
  switch (part.kind) {
    case "option":
      return optionText(part);
    case "positional":
      return part.placeholder;
    case "optional":
      return `[${usageText(part.parts)}]`;
    case "one-of":
      return part.forms.map(usageText).join(" | ");
  }
}

function optionText({ name, letter, placeholder, isRepeated }: Option): string {
  const typed = letter === undefined ? `--${name}` : `-${letter}`;
  if (placeholder === null) return typed;
  return `${typed} ${placeholder}${isRepeated === true ? " …" : ""}`;
}

/** Every option of a usage line; one that several forms name comes several times. */
export function optionsOf(usage: Usage): readonly Option[] {
  return usage.flatMap((part): readonly Option[] => {
    switch (part.kind) {
      case "option":
        return [part];
      case "positional":
        return [];
      case "optional":
        return optionsOf(part.parts);
      case "one-of":
        return part.forms.flatMap(optionsOf);
    }
  });
}

/** How an option is typed, for help and completion: `-n`, `--name`. */
export function spellingsOf({ name, letter, alias }: Option): readonly string[] {
  const letters = [letter, alias].flatMap((one) => (one === undefined ? [] : [`-${one}`]));
  return [...letters, `--${name}`];
}

/** The options that have to be given whatever the form. */
export function requiredOptions(usage: Usage): readonly Option[] {
  return usage.flatMap((part) => (part.kind === "option" && part.isCheckedByCommand !== true ? [part] : []));
}

export function countPositionals(usage: Usage): number {
  return usage.filter(({ kind }) => kind === "positional").length;
}
