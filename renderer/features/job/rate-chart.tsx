import { Caption1, makeStyles, tokens } from "@fluentui/react-components";
import type { ItemUnit } from "../../locales/format.ts";
import { format, t } from "../../locales/words.ts";
import type { RateHistory } from "../../store/rate-history.ts";

const width = 200;
const height = 40;

const useStyles = makeStyles({
  figure: { margin: 0, width: `${width}px`, flexShrink: 0 },
  svg: { display: "block", width: `${width}px`, height: `${height}px` },
  line: { fill: "none", stroke: tokens.colorCompoundBrandStroke, strokeWidth: "1.5px", strokeLinejoin: "round" },
  area: { fill: tokens.colorBrandBackground2, "@media (forced-colors: active)": { fill: "none" } },
  base: { stroke: tokens.colorNeutralStroke2, strokeWidth: "1px" },
  caption: { color: tokens.colorNeutralForeground2, fontVariantNumeric: "tabular-nums" },
});

type Props = { readonly history: RateHistory; readonly unit: ItemUnit };

/** How fast the job went, from its first second on; the highest rate is at the top, and stands below as its scale. */
export function RateChart({ history, unit }: Props) {
  const styles = useStyles();
  const points = chartPoints(history, width, height);
  const highest = format.rate(Math.max(0, ...history.map(({ rate }) => rate)), unit);
  const now = format.rate(history.at(-1)?.rate ?? 0, unit);
  return (
    <figure className={styles.figure}>
      <svg
        className={styles.svg}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={t("job.rateChart", { now, highest })}
      >
        <polygon className={styles.area} points={`0,${height} ${points} ${width},${height}`} />
        <line className={styles.base} x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
        <polyline className={styles.line} points={points} />
      </svg>
      <Caption1 as="p" block className={styles.caption} truncate wrap={false}>
        {t("job.rateHighest", { rate: highest })}
      </Caption1>
    </figure>
  );
}

/** "x,y x,y …" from the first sample at the left to the last at the right; the highest rate just below the top. */
function chartPoints(history: RateHistory, chartWidth: number, chartHeight: number): string {
  const first = history[0]?.second ?? 0;
  const span = (history.at(-1)?.second ?? 0) - first || 1;
  const highest = Math.max(...history.map(({ rate }) => rate), Number.MIN_VALUE);
  return history
    .map(({ second, rate }) => {
      const x = ((second - first) / span) * chartWidth;
      const y = chartHeight - 1 - (rate / highest) * (chartHeight - 3);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}
