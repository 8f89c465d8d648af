import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useEffect, useId, useRef } from "react";
import { nextRow } from "./row-keys.ts";
import type { TableColumn } from "./table-columns.ts";

const rowHeight = 28;

const useStyles = makeStyles({
  scroller: {
    position: "relative",
    overflow: "auto",
    flexGrow: 1,
    minHeight: 0,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
    // Around it: rows lie over what is drawn inside.
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  header: {
    position: "sticky",
    top: 0,
    zIndex: 1,
    backgroundColor: tokens.colorNeutralBackground3,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    fontWeight: tokens.fontWeightSemibold,
  },
  body: { position: "relative" },
  row: { display: "grid", height: `${rowHeight}px`, alignItems: "center" },
  placed: {
    position: "absolute",
    top: 0,
    left: 0,
    right: 0,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    boxSizing: "border-box",
  },
  cell: {
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "pre",
    paddingLeft: tokens.spacingHorizontalM,
    paddingRight: tokens.spacingHorizontalM,
    boxSizing: "border-box",
  },
  number: { textAlign: "right", fontVariantNumeric: "tabular-nums" },
  pending: { color: tokens.colorNeutralForegroundDisabled },
  choosable: { cursor: "pointer", ":hover": { backgroundColor: tokens.colorSubtleBackgroundHover } },
  pointed: { backgroundColor: tokens.colorSubtleBackgroundHover },
  chosen: {
    backgroundColor: tokens.colorSubtleBackgroundSelected,
    boxShadow: `inset 3px 0 ${tokens.colorCompoundBrandStroke}`,
    ":hover": { backgroundColor: tokens.colorSubtleBackgroundSelected },
    "@media (forced-colors: active)": { outline: "2px solid Highlight", outlineOffset: "-2px" },
  },
});

/** Which row is chosen, and which one the mouse is at here or elsewhere. */
export type RowChoice = {
  readonly chosenRow: number | null;
  readonly hoveredRow: number | null;
  /** Keeps its identity, as does `onHover`. */
  readonly onChoose: (row: number | null) => void;
  readonly onHover: (row: number | null) => void;
};

type Props = {
  readonly label: string;
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  /** Undefined while the row is being fetched. */
  readonly rowAt: (index: number) => readonly string[] | undefined;
  /** Told which rows are in sight, end exclusive. */
  readonly onRange: (start: number, end: number) => void;
  /** Null: rows are read and not chosen. */
  readonly choice: RowChoice | null;
};

/**
 * Rows of text, of which only those in sight exist in the page. The table says how many there are in all and which
 * ones these are, so that a screen reader counts right. Where rows can be chosen, the arrow keys do it.
 */
export function VirtualTable({ label, columns, rowCount, rowAt, onRange, choice }: Props) {
  const styles = useStyles();
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const start = items[0]?.index ?? 0;
  const end = (items.at(-1)?.index ?? -1) + 1;
  useEffect(() => onRange(start, end), [onRange, start, end]);
  const rowId = useId();
  const chosenRow = choice?.chosenRow ?? null;
  const isChosenInPage = chosenRow !== null && chosenRow >= start && chosenRow < end;
  // Chosen elsewhere, as by pointing at something that belongs to a row, it comes into sight too.
  useEffect(() => {
    if (chosenRow !== null) virtualizer.scrollToIndex(chosenRow);
  }, [virtualizer, chosenRow]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (choice === null || scroller.current === null) return;
    const inSight = Math.floor(scroller.current.clientHeight / rowHeight) - 1;
    const next = nextRow(event.key, chosenRow, rowCount, Math.max(1, inSight - 1));
    if (next === undefined) return;
    event.preventDefault();
    choice.onChoose(next);
  };

  const template = [
    ...columns.map(({ width, grow }) => (grow ? `minmax(${width}px, 1fr)` : `${width}px`)),
    // Spare width stays empty at the end, so that numbers stand near what they belong to.
    columns.some(({ grow }) => grow) ? "0px" : "1fr",
  ].join(" ");
  const minWidth = columns.reduce((sum, { width }) => sum + width, 0);
  return (
    // Focusable, because a region that scrolls must be reachable with the keyboard.
    <div
      ref={scroller}
      className={styles.scroller}
      role={choice === null ? "table" : "grid"}
      aria-label={label}
      aria-rowcount={rowCount + 1}
      aria-colcount={columns.length}
      aria-activedescendant={isChosenInPage ? `${rowId}${chosenRow}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerLeave={choice === null ? undefined : () => choice.onHover(null)}
    >
      <div role="rowgroup" className={styles.header} style={{ minWidth }}>
        <div role="row" aria-rowindex={1} className={styles.row} style={{ gridTemplateColumns: template }}>
          {columns.map((column) => (
            <div
              key={column.place}
              role="columnheader"
              title={column.name}
              className={mergeClasses(styles.cell, column.numeric && styles.number)}
            >
              {column.name}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ minWidth, height: virtualizer.getTotalSize() }}>
        {items.map((item) => (
          <TableRow
            key={item.index}
            index={item.index}
            top={item.start}
            cells={rowAt(item.index)}
            columns={columns}
            template={template}
            id={`${rowId}${item.index}`}
            state={stateOf(item.index, choice)}
            onChoose={choice?.onChoose}
            onHover={choice?.onHover}
          />
        ))}
      </div>
    </div>
  );
}

type RowProps = {
  readonly index: number;
  readonly top: number;
  readonly cells: readonly string[] | undefined;
  readonly columns: readonly TableColumn[];
  readonly template: string;
  readonly id: string;
  readonly state: RowState;
  readonly onChoose: RowChoice["onChoose"] | undefined;
  readonly onHover: RowChoice["onHover"] | undefined;
};

/** `read`: rows are not chosen here. */
type RowState = "read" | "choosable" | "pointed" | "chosen";

function stateOf(row: number, choice: RowChoice | null): RowState {
  if (choice === null) return "read";
  if (row === choice.chosenRow) return "chosen";
  return row === choice.hoveredRow ? "pointed" : "choosable";
}

const TableRow = memo(function TableRow(props: RowProps) {
  const { index, top, cells, columns, template, id, state, onChoose, onHover } = props;
  const styles = useStyles();
  const isRead = state === "read";
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={isRead ? undefined : state === "chosen"}
      onClick={onChoose === undefined ? undefined : () => onChoose(index)}
      onPointerEnter={onHover === undefined ? undefined : () => onHover(index)}
      className={mergeClasses(
        styles.row,
        styles.placed,
        !isRead && styles.choosable,
        state === "pointed" && styles.pointed,
        state === "chosen" && styles.chosen,
      )}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: template }}
    >
      {columns.map((column) => {
        const text = cells?.[column.place];
        return (
          <div
            key={column.place}
            role={isRead ? "cell" : "gridcell"}
            title={text}
            className={mergeClasses(styles.cell, column.numeric && styles.number, text === undefined && styles.pending)}
          >
            {text ?? "…"}
          </div>
        );
      })}
    </div>
  );
});
