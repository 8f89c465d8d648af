/** Names for a sentence: the first of them, and how many there are. */
export type NameList = { readonly names: readonly string[]; readonly count: number };

const listedNames = 20;

export function nameList(names: readonly string[]): NameList {
  return { names: names.slice(0, listedNames), count: names.length };
}

/** `"a", "b" and "c"`; `more` says how many are left out of a long list. */
export function quotedNames({ names, count }: NameList, joint: string, more: (count: number) => string): string {
  const quoted = names.map((name) => `"${name}"`);
  if (count > names.length) quoted.push(more(count - names.length));
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} ${joint} ${last}`;
}

/** "a, b, … (+ 980)": the first names and how many more there are, the same in every language. */
export function someNames(names: readonly string[]): string {
  const more = names.length - listedNames;
  return more > 0 ? `${names.slice(0, listedNames).join(", ")}, … (+ ${more})` : names.join(", ");
}
