/** The kinds of test, which are the folders below test/ and the projects of vitest.config.ts. */
const kinds = ["unit", "engine", "integration", "faults", "desktop"];

/**
 * The kinds of test that these arguments of Vitest may run: those of `--project`, and of these the ones that paths below
 * test/ name. Whatever is not understood may run any kind, so that too much is prepared and never too little.
 *
 * @param {readonly string[]} args
 * @returns {string[]}
 */
export function kindsAskedFor(args) {
  const projects = [];
  const folders = [];
  for (const [index, arg] of args.entries()) {
    const previous = args[index - 1] ?? "";
    if (arg.startsWith("--project=")) projects.push(...kindsOf(arg.slice("--project=".length)));
    else if (previous === "--project") projects.push(...kindsOf(arg));
    else if (!arg.startsWith("-")) {
      const kind = /(?:^|[/\\])test[/\\]([a-z]+)(?=[/\\]|$)/.exec(arg)?.[1];
      // What follows an option and is no path of a test is that option's value.
      if (kind !== undefined || !previous.startsWith("-")) folders.push(...kindsOf(kind ?? ""));
    }
  }
  const isAskedFor = (named) => (kind) => named.length === 0 || named.includes(kind);
  return kinds.filter(isAskedFor(projects)).filter(isAskedFor(folders));
}

function kindsOf(name) {
  return kinds.includes(name) ? [name] : kinds;
}
