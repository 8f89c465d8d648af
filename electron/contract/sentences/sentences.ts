type Fact = { readonly kind: string };

/** The words of every kind of a fact, in one language. A kind without words does not compile. */
export type SentencesOf<AnyFact extends Fact> = {
  readonly [Kind in AnyFact["kind"]]: (fact: Extract<AnyFact, { readonly kind: Kind }>) => string;
};

/** A fact in words. */
export function sentenceOf<AnyFact extends Fact>(words: SentencesOf<AnyFact>, fact: AnyFact): string {
  const tell = words[fact.kind as AnyFact["kind"]] as (fact: AnyFact) => string;
  return tell(fact);
}

/** A moment on this computer's clock, to the second. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** ": 1.5 of 120 MB", of what is sent or fetched, in the unit of the whole; nothing while that is not known. */
export function bytesDone(
  { doneBytes, totalBytes }: { readonly doneBytes: number; readonly totalBytes: number },
  of: string,
): string {
  if (totalBytes === 0) return "";
  if (totalBytes < 1e3) return `: ${doneBytes} ${of} ${totalBytes} bytes`;
  const [unit, bytes] = totalBytes < 1e6 ? ["kB", 1e3] : ["MB", 1e6];
  return `: ${withDecimal(doneBytes / bytes)} ${of} ${withDecimal(totalBytes / bytes)} ${unit}`;
}

/** "1.5" or "120": with a decimal where it tells something. */
function withDecimal(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
