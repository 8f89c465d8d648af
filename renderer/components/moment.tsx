import type { TextKey } from "../locales/translate.ts";
import { format, t } from "../locales/words.ts";
import { useNow } from "./use-now.ts";

type Props = {
  /** ISO 8601. */
  readonly at: string;
  /** A text with a `{when}`, where the moment is put. */
  readonly sentence?: TextKey;
};

/** A moment as "5 minutes ago", alone or in a sentence, the exact time on hover. */
export function Moment({ at, sentence }: Props) {
  const now = useNow();
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={format.exact(time)}>
      {sentence === undefined ? format.relative(time, now) : t(sentence, { when: format.relative(time, now) })}
    </time>
  );
}
