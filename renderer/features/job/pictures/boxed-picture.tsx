import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useRef } from "react";
import type { ShownBox } from "../../../../electron/contract/nouns/pictures/row-pictures.ts";
import type { ShownPicture } from "../../../../electron/contract/nouns/pictures/shown-picture.ts";
import { useSize } from "../../../components/use-size.ts";
import { format } from "../../../locales/words.ts";
import { labelHeight, labelPlace, maxLabels } from "./box-labels.ts";

/** A picture that is enlarged more than that shows its single pixels. */
const pixelatedFrom = 2;

const useStyles = makeStyles({
  frame: { flexGrow: 1, minHeight: 0, minWidth: 0, overflow: "hidden" },
  picture: { display: "block", width: "100%", height: "100%" },
  pixelated: { imageRendering: "pixelated" },
  // Seen on every picture and in every theme: light on dark.
  shade: { fill: "none", stroke: "rgba(0, 0, 0, 0.75)", strokeWidth: "5px", vectorEffect: "non-scaling-stroke" },
  line: {
    fill: "transparent",
    stroke: "#fff",
    strokeWidth: "2px",
    vectorEffect: "non-scaling-stroke",
    cursor: "pointer",
    pointerEvents: "all",
  },
  chosenShade: { stroke: "#fff", strokeWidth: "7px" },
  chosenLine: { stroke: tokens.colorBrandBackground, strokeWidth: "4px" },
  label: {
    fill: "#fff",
    stroke: "rgba(0, 0, 0, 0.8)",
    paintOrder: "stroke",
    strokeLinejoin: "round",
    fontFamily: tokens.fontFamilyBase,
    fontWeight: tokens.fontWeightSemibold,
    pointerEvents: "none",
  },
});

type Props = {
  readonly picture: ShownPicture;
  /** What the picture is, for who does not see it. */
  readonly label: string;
  readonly boxes: readonly ShownBox[];
  /** Rows whose boxes stand out. */
  readonly isChosen: (row: number) => boolean;
  readonly onChoose: (row: number) => void;
  readonly onHover: (row: number | null) => void;
};

/** A picture as large as there is room, and what was found in it. */
export function BoxedPicture({ picture, label, boxes, isChosen, onChoose, onHover }: Props) {
  const styles = useStyles();
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const { width, height, image } = picture;
  const scale = size === null ? null : Math.min(size.width / width, size.height / height);
  const isPixelated = scale !== null && scale > pixelatedFrom;
  // A box within another one can be pointed at, and what is chosen lies over all.
  const ordered = [...boxes].sort((one, other) => areaOf(other) - areaOf(one));
  const drawn = [...ordered.filter(({ row }) => !isChosen(row)), ...ordered.filter(({ row }) => isChosen(row))];
  return (
    <div ref={frame} className={styles.frame}>
      <svg
        className={styles.picture}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="xMinYMin meet"
        role="img"
        aria-label={label}
        onPointerLeave={() => onHover(null)}
      >
        <image href={image} width={width} height={height} className={isPixelated ? styles.pixelated : undefined} />
        {drawn.map((box) => {
          const edges = { x: box.x1, y: box.y1, width: box.x2 - box.x1, height: box.y2 - box.y1 };
          const chosen = isChosen(box.row);
          return (
            <g key={box.row} data-row={box.row} data-chosen={chosen || undefined}>
              <rect {...edges} className={mergeClasses(styles.shade, chosen && styles.chosenShade)} />
              <rect
                {...edges}
                className={mergeClasses(styles.line, chosen && styles.chosenLine)}
                onClick={() => onChoose(box.row)}
                onPointerEnter={() => onHover(box.row)}
              />
            </g>
          );
        })}
        {scale !== null &&
          drawn
            .filter(({ row }) => boxes.length <= maxLabels || isChosen(row))
            .map((box) => <BoxLabel key={box.row} box={box} picture={picture} scale={scale} />)}
      </svg>
    </div>
  );
}

type LabelProps = { readonly box: ShownBox; readonly picture: ShownPicture; readonly scale: number };

function BoxLabel({ box, picture, scale }: LabelProps) {
  const styles = useStyles();
  const text = boxText(box);
  const { x, y, anchor } = labelPlace(box, text, picture, scale);
  return (
    <text
      {...{ x, y }}
      className={styles.label}
      textAnchor={anchor}
      fontSize={labelHeight / scale}
      strokeWidth={3 / scale}
    >
      {text}
    </text>
  );
}

/** What was found, and how sure that is. */
export function boxText({ label, score }: ShownBox): string {
  return `${label} ${format.figure(score)}`;
}

function areaOf({ x1, y1, x2, y2 }: ShownBox): number {
  return (x2 - x1) * (y2 - y1);
}
