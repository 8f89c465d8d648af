import { Body1, Button, Field, makeStyles, tokens } from "@fluentui/react-components";
import { Document20Regular, Folder20Regular, FolderOpen20Regular } from "@fluentui/react-icons";
import type { InputGrant } from "../../../electron/contract/channels.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call } from "../../bridge/bridge.ts";
import { t } from "../../locales/words.ts";

const useStyles = makeStyles({
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalS, minWidth: 0 },
  name: { minWidth: 0, overflowWrap: "anywhere" },
  icon: { flexShrink: 0 },
});

type Props = {
  readonly label: string;
  readonly chosen: InputGrant | null;
  /** What may be chosen. */
  readonly kinds: readonly InputGrant["kind"][];
  readonly onChosen: (grant: InputGrant) => void;
  readonly onProblem: (problem: Problem) => void;
};

const words = { folder: "score.chooseFolder", file: "score.chooseFile" } as const;

/** A folder or file that the user chooses in a dialog; the page only ever learns its name. */
export function ChosenInput({ label, chosen, kinds, onChosen, onProblem }: Props) {
  const styles = useStyles();
  const choose = async (kind: InputGrant["kind"]): Promise<void> => {
    const answer = await call("inputs:choose", { kind });
    if (!answer.ok) onProblem(answer.problem);
    else if (answer.value !== null) onChosen(answer.value);
  };
  const Icon = chosen?.kind === "file" ? Document20Regular : Folder20Regular;
  return (
    <Field label={label}>
      <div className={styles.line} role="group" aria-label={label}>
        {chosen !== null && (
          <>
            <Icon className={styles.icon} aria-hidden="true" />
            <Body1 className={styles.name}>{chosen.name}</Body1>
          </>
        )}
        {kinds.map((kind) => (
          <Button
            key={kind}
            size="small"
            icon={kind === "file" ? <Document20Regular /> : <FolderOpen20Regular />}
            onClick={() => void choose(kind)}
          >
            {t(words[kind])}
          </Button>
        ))}
      </div>
    </Field>
  );
}
