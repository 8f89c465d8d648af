import { Caption1, Checkbox, makeStyles, tokens } from "@fluentui/react-components";
import type { InvocationPlan } from "../../../electron/contract/nouns/preflight.ts";
import { t } from "../../locales/words.ts";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", minWidth: 0 },
  // The box stands where all other text begins, what it means where its label does.
  box: { marginLeft: `calc(-1 * ${tokens.spacingHorizontalS})` },
  quiet: { color: tokens.colorNeutralForeground2, paddingLeft: tokens.spacingHorizontalXXL, overflowWrap: "anywhere" },
});

type Props = {
  readonly chosen: boolean;
  readonly onChoose: (chosen: boolean) => void;
  /** Null: not known yet. */
  readonly plan: InvocationPlan | null;
};

/** Whether the rows that an earlier job scored are taken over where they still hold, and from which one. */
export function IncrementalChoice({ chosen, onChoose, plan }: Props) {
  const styles = useStyles();
  return (
    <div className={styles.section}>
      <Checkbox
        className={styles.box}
        label={t("sheet.incremental")}
        checked={chosen}
        onChange={(_, { checked }) => onChoose(checked === true)}
      />
      {chosen && plan !== null && (
        <Caption1 className={styles.quiet} data-testid="incremental-base">
          {plan.base_job === null ? t("sheet.incrementalNone") : t("sheet.incrementalFrom", { job: plan.base_job })}
        </Caption1>
      )}
    </div>
  );
}
