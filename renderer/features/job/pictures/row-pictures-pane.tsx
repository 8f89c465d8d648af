import { Button, Caption1, makeStyles, mergeClasses, Spinner, tokens } from "@fluentui/react-components";
import { Dismiss20Regular } from "@fluentui/react-icons";
import type { RowPicture, ShownBox } from "../../../../electron/contract/nouns/pictures/row-pictures.ts";
import { ProblemNotice } from "../../../components/problem-notice.tsx";
import { t } from "../../../locales/words.ts";
import { BoxedPicture, boxText } from "./boxed-picture.tsx";
import type { PicturesOfRow } from "./use-row-pictures.ts";

const useStyles = makeStyles({
  pane: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXS,
    minWidth: 0,
    minHeight: 0,
    boxSizing: "border-box",
  },
  figure: { display: "flex", flexDirection: "column", flex: "1 1 0", minHeight: 0, margin: 0 },
  late: { opacity: 0.4 },
  head: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, minWidth: 0, minHeight: "28px" },
  name: { flexGrow: 1, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  facts: {
    color: tokens.colorNeutralForeground2,
    overflowWrap: "anywhere",
    fontVariantNumeric: "tabular-nums",
    paddingBottom: tokens.spacingVerticalXS,
  },
});

type Props = {
  readonly of: PicturesOfRow;
  readonly chosenRow: number;
  readonly hoveredRow: number | null;
  readonly onChoose: (row: number) => void;
  readonly onHover: (row: number | null) => void;
  readonly onClose: () => void;
  readonly className: string;
};

/** The pictures of the chosen row: the one that was scored, with what was found in it, and those that the model made of it. */
export function RowPicturesPane({ of, chosenRow, hoveredRow, onChoose, onHover, onClose, className }: Props) {
  const styles = useStyles();
  const { pictures, problem, isComing } = of;
  const boxes = pictures?.boxes ?? [];
  const isChosen = (row: number): boolean => row === chosenRow || row === hoveredRow;
  const close = (
    <Button
      appearance="subtle"
      size="small"
      icon={<Dismiss20Regular />}
      aria-label={t("pictures.close")}
      onClick={onClose}
    />
  );
  return (
    <aside className={mergeClasses(styles.pane, className)} aria-label={t("pictures.label")} aria-busy={isComing}>
      {problem !== null && <ProblemNotice problem={problem} onDismiss={onClose} />}
      {pictures === null && problem === null && <Spinner size="small" label={t("pictures.loading")} delay={200} />}
      {pictures?.pictures.map((shown, place) => (
        <Figure
          key={place}
          shown={shown}
          boxes={place === 0 ? boxes : []}
          about={place > 0 || isComing || boxes.length === 0 ? null : chosenText(boxes, [hoveredRow, chosenRow])}
          isLate={isComing}
          action={place === 0 ? close : null}
          {...{ isChosen, onChoose, onHover }}
        />
      ))}
    </aside>
  );
}

type FigureProps = {
  readonly shown: RowPicture;
  readonly boxes: readonly ShownBox[];
  /** What of it stands out. */
  readonly about: string | null;
  /** It is of the row before, until that of the chosen row is there. */
  readonly isLate: boolean;
  readonly action: React.ReactNode;
  readonly isChosen: (row: number) => boolean;
  readonly onChoose: (row: number) => void;
  readonly onHover: (row: number | null) => void;
};

function Figure({ shown, boxes, about, isLate, action, ...pointing }: FigureProps) {
  const styles = useStyles();
  const { output, file, picture, problem } = shown;
  const size = picture === null ? null : t("pictures.size", { width: picture.width, height: picture.height });
  const what = output === null ? file : t("pictures.output", { output, file });
  return (
    <figure className={mergeClasses(styles.figure, isLate && styles.late)}>
      <figcaption className={styles.head}>
        <Caption1 className={styles.name} title={what}>
          {what}
        </Caption1>
        {action}
      </figcaption>
      {size !== null && <Caption1 className={styles.facts}>{about === null ? size : `${size} · ${about}`}</Caption1>}
      {problem !== null && <ProblemNotice problem={problem} intent="warning" />}
      {picture !== null && (
        <BoxedPicture
          picture={picture}
          label={[what, size, boxes.length === 0 ? null : t("pictures.found", { count: boxes.length })]
            .filter((part) => part !== null)
            .join(", ")}
          boxes={boxes}
          {...pointing}
        />
      )}
    </figure>
  );
}

/** Which box stands out: the first of those rows that is one of the picture. */
function chosenText(boxes: readonly ShownBox[], rows: readonly (number | null)[]): string {
  const [place = -1] = rows.map((row) => boxes.findIndex((box) => box.row === row)).filter((found) => found !== -1);
  const box = boxes[place];
  if (box === undefined) return t("pictures.found", { count: boxes.length });
  return t("pictures.box", { place: place + 1, count: boxes.length, box: boxText(box) });
}
