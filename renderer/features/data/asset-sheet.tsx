import { Button, Caption1, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { Tag20Regular } from "@fluentui/react-icons";
import { useState } from "react";
import type { InputGrant } from "../../../electron/contract/channels.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { SideSheet } from "../../components/side-sheet.tsx";
import { t } from "../../locales/words.ts";
import { addAsset } from "../../store/actions.ts";
import { ChosenInput } from "./chosen-input.tsx";

const useStyles = makeStyles({ quiet: { color: tokens.colorNeutralForeground2 } });

/** Asks for a place and the name that it gets. */
export function AssetSheet({ onClose }: { readonly onClose: () => void }) {
  const styles = useStyles();
  const [place, setPlace] = useState<InputGrant | null>(null);
  const [name, setName] = useState("");
  const [isAdding, setAdding] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const canAdd = place !== null && name.trim() !== "" && !isAdding;

  const add = async (): Promise<void> => {
    if (!canAdd) return;
    setAdding(true);
    const refused = await addAsset(name.trim(), place.grantId);
    setAdding(false);
    setProblem(refused);
    if (refused === null) onClose();
  };

  return (
    <SideSheet
      title={t("data.assetAdd")}
      onClose={onClose}
      onSubmit={() => void add()}
      footer={
        <>
          <Button onClick={onClose}>{t("sheet.cancel")}</Button>
          <Button type="submit" appearance="primary" icon={<Tag20Regular />} disabledFocusable={!canAdd}>
            {t("data.assetSave")}
          </Button>
        </>
      }
    >
      <ChosenInput
        label={t("data.assetPlace")}
        chosen={place}
        kinds={["folder", "file"]}
        onChosen={setPlace}
        onProblem={setProblem}
      />
      <Field label={t("data.assetName")} hint={t("data.assetNameHint")}>
        <Input value={name} onChange={(_, { value }) => setName(value)} />
      </Field>
      <Caption1 className={styles.quiet}>{t("data.assetHint")}</Caption1>
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
    </SideSheet>
  );
}
