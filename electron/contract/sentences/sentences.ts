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

/** How far a transfer is, and how fast it goes where that is known. */
type Transfer = { readonly doneBytes: number; readonly totalBytes: number; readonly bytesPerSecond?: number };
export type TransferWords = {
  readonly of: string;
  readonly hours: string;
  readonly left: (time: string) => string;
};

/**
 * ": 1.5 of 120 MB, 3.2 MB/s, about 40 s left", of what is sent or fetched, in the unit of the whole; nothing while that is
 * not known.
 */
export function transferDone({ doneBytes, totalBytes, bytesPerSecond = 0 }: Transfer, words: TransferWords): string {
  if (totalBytes === 0) return "";
  if (totalBytes < 1e3) return `: ${doneBytes} ${words.of} ${totalBytes} bytes`;
  const [unit, bytes] = totalBytes < 1e6 ? ["kB", 1e3] : ["MB", 1e6];
  const done = `: ${withDecimal(doneBytes / bytes)} ${words.of} ${withDecimal(totalBytes / bytes)} ${unit}`;
  if (bytesPerSecond === 0 || doneBytes >= totalBytes) return done;
  const left = words.left(roughTime((totalBytes - doneBytes) / bytesPerSecond, words.hours));
  return `${done}, ${withDecimal(bytesPerSecond / bytes)} ${unit}/s, ${left}`;
}

function roughTime(seconds: number, hours: string): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} ${hours}`;
}

/** "1.5" or "120": with a decimal where it tells something. */
function withDecimal(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
