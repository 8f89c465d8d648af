type Fact = { readonly kind: string };

/** The words of every kind of a fact, in one language. A kind without words does not compile. */
export type WordsOf<AnyFact extends Fact> = {
  readonly [Kind in AnyFact["kind"]]: (fact: Extract<AnyFact, { readonly kind: Kind }>) => string;
};

/** A fact in words. */
export function inWords<AnyFact extends Fact>(words: WordsOf<AnyFact>, fact: AnyFact): string {
  const tell = words[fact.kind as AnyFact["kind"]] as (fact: AnyFact) => string;
  return tell(fact);
}
