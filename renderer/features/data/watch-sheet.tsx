import { Button, Caption1, Field, makeStyles, Select, tokens } from "@fluentui/react-components";
import { Eye20Regular } from "@fluentui/react-icons";
import { useState } from "react";
import type { InputGrant } from "../../../electron/contract/channels.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { SideSheet } from "../../components/side-sheet.tsx";
import { t } from "../../locales/words.ts";
import { addWatch } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";
import { ChosenInput } from "./chosen-input.tsx";

const useStyles = makeStyles({ quiet: { color: tokens.colorNeutralForeground2 } });

/** Asks which folder is to be watched for which endpoint. */
export function WatchSheet({ onClose }: { readonly onClose: () => void }) {
  const styles = useStyles();
  const endpoints = useApp((state) => state.endpoints);
  const usable = endpoints.state === "ready" ? endpoints.value.filter(({ deployments }) => deployments.length > 0) : [];
  const [folder, setFolder] = useState<InputGrant | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const endpoint = chosen ?? (usable.length === 1 ? (usable[0]?.name ?? null) : null);
  const canAdd = folder !== null && endpoint !== null && !isAdding;

  const add = async (): Promise<void> => {
    if (!canAdd) return;
    setAdding(true);
    const refused = await addWatch(endpoint, folder.grantId);
    setAdding(false);
    setProblem(refused);
    if (refused === null) onClose();
  };

  return (
    <SideSheet
      title={t("data.watchAdd")}
      onClose={onClose}
      onSubmit={() => void add()}
      footer={
        <>
          <Button onClick={onClose}>{t("sheet.cancel")}</Button>
          <Button type="submit" appearance="primary" icon={<Eye20Regular />} disabledFocusable={!canAdd}>
            {t("data.watchStart")}
          </Button>
        </>
      }
    >
      <ChosenInput
        label={t("data.watchFolder")}
        chosen={folder}
        kinds={["folder"]}
        onChosen={setFolder}
        onProblem={setProblem}
      />
      <Field label={t("data.watchEndpoint")}>
        <Select value={endpoint ?? ""} onChange={(_, { value }) => setChosen(value === "" ? null : value)}>
          {endpoint === null && <option value="">{t("data.chooseEndpoint")}</option>}
          {usable.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      <Caption1 className={styles.quiet}>{t("data.watchHint")}</Caption1>
      {problem !== null && <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />}
    </SideSheet>
  );
}
