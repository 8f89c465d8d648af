import { format } from "../locales/words.ts";
import { useNow } from "./use-now.ts";

/** A moment as "5 minutes ago", the exact time on hover. `at` is ISO 8601. */
export function Moment({ at }: { readonly at: string }) {
  const now = useNow();
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={format.exact(time)}>
      {format.relative(time, now)}
    </time>
  );
}
