import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { JobView } from "../../../electron/contract/nouns/job.ts";
import { format, t } from "../../locales/words.ts";

const useStyles = makeStyles({
  box: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS },
  bar: {
    display: "flex",
    gap: "2px",
    height: "10px",
    overflow: "hidden",
    borderRadius: tokens.borderRadiusMedium,
    "@media (forced-colors: active)": { border: "1px solid CanvasText" },
  },
  legend: {
    display: "grid",
    gridTemplateColumns: "auto minmax(0, 1fr) auto auto",
    columnGap: tokens.spacingHorizontalS,
    rowGap: "2px",
    alignItems: "center",
    margin: 0,
    padding: 0,
    listStyleType: "none",
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
  },
  entry: { display: "contents" },
  number: { textAlign: "right", fontVariantNumeric: "tabular-nums" },
  quiet: { color: tokens.colorNeutralForeground2 },
  swatch: { width: "10px", height: "10px", borderRadius: "2px", forcedColorAdjust: "none" },
  part: { flexShrink: 1, minWidth: "2px", forcedColorAdjust: "none" },
  // Neighbours differ in lightness too, and the legend has the bar's order.
  read: { backgroundColor: tokens.colorPaletteMarigoldBorderActive },
  preprocess: { backgroundColor: tokens.colorPaletteTealBorderActive },
  infer: { backgroundColor: tokens.colorCompoundBrandBackground },
  postprocess: { backgroundColor: tokens.colorPaletteLavenderBorderActive },
  write: { backgroundColor: tokens.colorNeutralStrokeAccessible },
});

const stages = ["read", "preprocess", "infer", "postprocess", "write"] as const;

/** Where the time of a job's workers went: a bar and, in its order, what each part of it is. */
export function StageTimes({ times }: { readonly times: JobView["stage_ms"] }) {
  const styles = useStyles();
  const total = stages.reduce((sum, stage) => sum + times[stage], 0);
  const shown = stages.filter((stage) => times[stage] > 0);
  return (
    <div className={styles.box} data-testid="stage-times">
      <div className={styles.bar} aria-hidden="true">
        {shown.map((stage) => (
          <span
            key={stage}
            className={mergeClasses(styles.part, styles[stage])}
            style={{ width: `${(times[stage] / total) * 100}%` }}
          />
        ))}
      </div>
      <ul role="list" className={styles.legend} aria-label={t("job.stages")}>
        {shown.map((stage) => (
          <li key={stage} className={styles.entry}>
            <span className={mergeClasses(styles.swatch, styles[stage])} aria-hidden="true" />
            <span>{t(`stage.${stage}`)}</span>
            <span className={styles.number}>{format.percent(times[stage] / total)}</span>
            <span className={mergeClasses(styles.number, styles.quiet)}>{format.duration(times[stage] / 1000)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
