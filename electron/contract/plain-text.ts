/** A text of a model for a sentence: short, and without anything that a terminal would act on. */
export function plainText(text: string): string {
  const longest = 120;
  const plain = text.slice(0, longest).replace(/[\p{C}\p{Zl}\p{Zp}"]/gu, "?");
  return text.length > longest ? `${plain}…` : plain;
}
