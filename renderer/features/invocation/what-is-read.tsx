import { Body1, Body1Strong, Caption1, makeStyles, tokens } from "@fluentui/react-components";
import type { DeploymentCard } from "../../../electron/contract/channels.ts";
import { encodingName } from "../../../electron/contract/tables/text-encoding.ts";
import type { InvocationPlan, Preflight, SampledColumn } from "../../../electron/contract/nouns/preflight.ts";
import { t } from "../../locales/words.ts";
import { MappingTable, ModelInputs } from "./mapping-table.tsx";
import { SeenPictures } from "./seen-pictures.tsx";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
});

const maxNames = 12;

type Props = {
  readonly plan: InvocationPlan;
  readonly size: DeploymentCard["takes"]["size"];
  readonly seen: Preflight["seen"];
  /** The first items are still being looked at. */
  readonly isComing: boolean;
};

/** What the model reads of the input, and what becomes of the rest; nothing for a script, which reads what it likes. */
export function WhatIsRead({ plan, size, seen, isComing }: Props) {
  const styles = useStyles();
  const { mapping, pixels, dialect, encoding, text_sample, keep, unused_columns } = plan;
  if (mapping.length === 0) return null;
  const unusual = dialect === null ? null : readAs(dialect, encoding);
  return (
    <section className={styles.section}>
      <Body1Strong as="h3">{t("sheet.mapping")}</Body1Strong>
      {mapping.some(({ columns }) => columns.length > 0) && <MappingTable mapping={mapping} />}
      {size !== null && <Body1>{t("sheet.pictures", size)}</Body1>}
      {pixels !== null && <Caption1 className={styles.quiet}>{t("sheet.pixels", pixelFacts(pixels))}</Caption1>}
      <ModelInputs mapping={mapping} />
      {pixels !== null && <SeenPictures plan={plan} size={pixels} seen={seen} isComing={isComing} />}
      {unusual !== null && <Caption1 className={styles.quiet}>{unusual}</Caption1>}
      {text_sample !== null && (
        <Caption1 className={styles.quiet}>{t("sheet.textSample", { text: text_sample })}</Caption1>
      )}
      {keep.length > 0 && (
        <Caption1 className={styles.quiet}>{t("sheet.kept", { columns: namesOf(keep.map(nameOf)) })}</Caption1>
      )}
      {unused_columns.length > 0 && (
        <Caption1 className={styles.quiet}>{t("sheet.unused", { columns: namesOf(unused_columns) })}</Caption1>
      )}
    </section>
  );
}

function pixelFacts({ color, lowest, highest }: NonNullable<InvocationPlan["pixels"]>) {
  return {
    color: color === "gray" ? t("sheet.gray") : color.toUpperCase(),
    lowest: shortNumber(lowest),
    highest: shortNumber(highest),
  };
}

/** Three digits tell enough of what a level becomes. */
function shortNumber(value: number): number {
  return Number(value.toPrecision(3));
}

function nameOf({ name }: SampledColumn): string {
  return name;
}

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, maxNames).join(", ");
  return names.length > maxNames ? `${shown}, …` : shown;
}

/** How delimited text is read where that is not as usual, so that a wrong guess is seen; null when it is. */
function readAs(dialect: NonNullable<InvocationPlan["dialect"]>, set: InvocationPlan["encoding"]): string | null {
  const facts = [
    ...(dialect.delimiter === "," ? [] : [t(separators[dialect.delimiter])]),
    ...(dialect.decimal === "." ? [] : [t("sheet.decimalComma")]),
    ...(set === null && dialect.encoding === "utf-8" ? [] : [set ?? encodingName(dialect.encoding)]),
  ];
  return facts.length === 0 ? null : t("sheet.readAs", { facts: facts.join(", ") });
}

const separators = { ";": "sheet.semicolons", "\t": "sheet.tabs", "|": "sheet.bars" } as const;
