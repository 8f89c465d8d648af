import { Caption1, makeStyles, mergeClasses, Skeleton, SkeletonItem, tokens } from "@fluentui/react-components";
import type { InvocationPlan } from "../../../electron/contract/nouns/preflight.ts";
import { maxSeenPictures, type SeenPicture } from "../../../electron/contract/nouns/pictures/shown-picture.ts";
import { t } from "../../locales/words.ts";

/** Pixels of the longer side of a picture in the sheet, where there is room. */
const shownSide = 136;

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  row: { display: "flex", gap: tokens.spacingHorizontalM, minWidth: 0 },
  figure: { flex: "1 1 0", margin: 0, minWidth: 0 },
  picture: {
    display: "block",
    width: "100%",
    boxSizing: "border-box",
    border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  // Single pixels stay what they are.
  enlarged: { imageRendering: "pixelated" },
  name: {
    color: tokens.colorNeutralForeground2,
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
  },
});

type Props = {
  /** Left out: not known yet, or never. */
  readonly seen: readonly SeenPicture[] | undefined;
  readonly isComing: boolean;
  readonly plan: InvocationPlan;
  /** Of what the model takes, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
};

/** The first pictures as the model gets to see them. */
export function SeenPictures({ seen, isComing, plan, size }: Props) {
  const styles = useStyles();
  if (seen === undefined ? !isComing : seen.length === 0) return null;
  const ratio = shownSide / Math.max(size.width, size.height);
  const shown = { maxWidth: size.width * ratio };
  const shape = { aspectRatio: `${size.width} / ${size.height}` };
  return (
    <div className={styles.section} data-testid="seen-pictures">
      <Caption1>{t("sheet.seen")}</Caption1>
      {seen === undefined ? (
        <Skeleton className={styles.row} aria-label={t("sheet.seeing")}>
          {Array.from({ length: Math.min(maxSeenPictures, plan.files) }, (_, place) => (
            <div key={place} className={styles.figure} style={shown}>
              <SkeletonItem shape="rectangle" style={{ ...shape, height: "auto" }} />
              <Caption1 block>&nbsp;</Caption1>
            </div>
          ))}
        </Skeleton>
      ) : (
        <div className={styles.row}>
          {seen.map(({ file, picture }) => (
            <figure key={file} className={styles.figure} style={shown}>
              <img
                className={mergeClasses(styles.picture, picture.width < shown.maxWidth && styles.enlarged)}
                src={picture.image}
                alt={t("sheet.seenPicture", { file })}
                style={shape}
              />
              <figcaption>
                <Caption1 className={styles.name} block title={file}>
                  {file}
                </Caption1>
              </figcaption>
            </figure>
          ))}
        </div>
      )}
    </div>
  );
}
