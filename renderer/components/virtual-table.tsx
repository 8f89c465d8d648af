import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useRef } from "react";
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
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
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
});

type Props = {
  readonly label: string;
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  /** Undefined while the row is being fetched. */
  readonly rowAt: (index: number) => readonly string[] | undefined;
  /** Told which rows are in sight, end exclusive. */
  readonly onRange: (start: number, end: number) => void;
};

/**
 * Rows of text, of which only those in sight exist in the page. The table says how many there are in all and which
 * ones these are, so that a screen reader counts right.
 */
export function VirtualTable({ label, columns, rowCount, rowAt, onRange }: Props) {
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
      role="table"
      aria-label={label}
      aria-rowcount={rowCount + 1}
      aria-colcount={columns.length}
      tabIndex={0}
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
};

const TableRow = memo(function TableRow({ index, top, cells, columns, template }: RowProps) {
  const styles = useStyles();
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={mergeClasses(styles.row, styles.placed)}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: template }}
    >
      {columns.map((column) => {
        const text = cells?.[column.place];
        return (
          <div
            key={column.place}
            role="cell"
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
