import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useCallback, useState } from "react";
import type { JobView } from "../../../../electron/contract/nouns/job.ts";
import { isTerminal } from "../../../../electron/contract/job-status.ts";
import { useMediaQuery } from "../../../components/use-media-query.ts";
import { t } from "../../../locales/words.ts";
import { RowPicturesPane } from "../pictures/row-pictures-pane.tsx";
import { useRowPictures } from "../pictures/use-row-pictures.ts";
import { usePagedRows } from "./paged-rows.ts";
import { RowsPanel } from "./rows-panel.tsx";

const useStyles = makeStyles({
  both: { display: "flex", gap: tokens.spacingHorizontalL, flexGrow: 1, minWidth: 0, minHeight: 0 },
  beside: { width: "clamp(200px, 42%, 520px)", flexShrink: 0 },
  // The page scrolls then.
  stacked: { flexDirection: "column-reverse", minHeight: "520px" },
  above: { height: "240px", flexShrink: 0 },
});

/** What stands where rows will be. */
function emptyText(
  { azure }: JobView,
  active: boolean,
): "results.waiting" | "results.waitingForAzure" | "results.none" {
  if (!active) return "results.none";
  return azure === null ? "results.waiting" : "results.waitingForAzure";
}

/** The predictions, from the first rows that are merged on, and the pictures of the chosen row where rows have some. */
export function ResultsTab({ job }: { readonly job: JobView }) {
  const styles = useStyles();
  const active = !isTerminal(job.status);
  const paged = usePagedRows("jobs:predictions", job.name, job.succeeded + job.failed, active);
  const [chosenRow, setChosenRow] = useState<number | null>(0);
  const [hoveredRow, setHoveredRow] = useState<number | null>(null);
  const pictures = useRowPictures(job.name, paged.totalRows === 0 ? null : chosenRow);
  const isNarrow = useMediaQuery("(max-width: 600px)");
  // Whether its rows have pictures is known once one of them was asked for.
  const [hasPictures, setHasPictures] = useState(false);
  if (!hasPictures && pictures.pictures !== null) setHasPictures(true);
  const close = useCallback(() => setChosenRow(null), []);
  return (
    <div className={mergeClasses(styles.both, isNarrow && styles.stacked)}>
      <RowsPanel
        label={t("results.label")}
        paged={paged}
        arrange={asInTheFile}
        caption={active ? t("results.soFar", { count: paged.totalRows }) : null}
        empty={t(emptyText(job, active))}
        choice={hasPictures ? { chosenRow, hoveredRow, onChoose: setChosenRow, onHover: setHoveredRow } : null}
      />
      {hasPictures && chosenRow !== null && (
        <RowPicturesPane
          className={isNarrow ? styles.above : styles.beside}
          of={pictures}
          chosenRow={chosenRow}
          hoveredRow={hoveredRow}
          onChoose={setChosenRow}
          onHover={setHoveredRow}
          onClose={close}
        />
      )}
    </div>
  );
}

function asInTheFile(columns: readonly string[]) {
  return columns.map((name, place) => ({ name, place, grow: false }));
}
