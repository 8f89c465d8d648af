import { Caption1, makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";

const useStyles = makeStyles({
  list: {
    display: "grid",
    gridTemplateColumns: "minmax(96px, max-content) minmax(0, 1fr)",
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalS,
    margin: 0,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase200,
  },
  name: { color: tokens.colorNeutralForeground2 },
  hint: { display: "block", color: tokens.colorNeutralForeground3 },
  value: { margin: 0, minWidth: 0, overflowWrap: "anywhere" },
});

export type Fact = { readonly name: string; readonly hint?: string; readonly value: ReactNode };

/** Names and what they stand for, one pair a line. A `hint` is Azure's own word for the name, shown below it. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  const styles = useStyles();
  return (
    <dl className={styles.list}>
      {facts.map(({ name, hint, value }) => (
        <FactLine key={`${name} ${hint ?? ""}`} name={name} hint={hint} value={value} />
      ))}
    </dl>
  );
}

function FactLine({
  name,
  hint,
  value,
}: {
  readonly name: string;
  readonly hint: string | undefined;
  readonly value: ReactNode;
}) {
  const styles = useStyles();
  return (
    <>
      <dt className={styles.name}>
        {name}
        {hint !== undefined && <Caption1 className={styles.hint}>{hint}</Caption1>}
      </dt>
      <dd className={styles.value}>{value}</dd>
    </>
  );
}
