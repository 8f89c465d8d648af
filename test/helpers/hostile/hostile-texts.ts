/** What names and texts may hold that would steer a terminal, forge a line on it, or hide what is there. */
const pieces = [
  ...["\u001b[2J", "\u001b]0;title\u0007", "\u0007", "\b\b\b", "\u007f", "\u009b31m", "\u0085", "\t", "\r", "\u000b"],
  ...["\u202e", "\u202a", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\u200c", "\u200d", "\u2060"],
  ...["\ufeff", "\u00ad", "\u2028", "\u2029", "\u{e0041}\u{e007f}", "\ufe0f", "\u180e", "\ufff9"],
  "\nForged: line",
];
const words = ["a", "income", "é", "漢", "x y", "'", '"', ",", "=1", "#", ": ", "{b}", "[c]"];

/** Text with at least one of them. It names a file, too: no `/`, no NUL, and short. */
export function hostileText(random: () => number): string {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? "";
  const parts = Array.from({ length: Math.floor(random() * 4) }, () => pick(random() < 0.5 ? pieces : words));
  return `${pick(words)}${parts.join("")}${pick(pieces)}z`;
}

const unseen =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/u;

/** What is wrong with a text that was shown; null when it is harmless. */
export function harmIn(shown: string): string | null {
  const found = unseen.exec(shown);
  if (found !== null) return `${JSON.stringify(found[0])} is raw in ${JSON.stringify(shown)}`;
  return /^ ?Forged/m.test(shown) ? `a line is forged in ${JSON.stringify(shown)}` : null;
}
