import { Button, Field, Input, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { Search20Regular } from "@fluentui/react-icons";
import { useState } from "react";
import type { CallInput, CallOutput } from "../../../electron/contract/channels.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { call, grantDropped } from "../../bridge/bridge.ts";
import { SideSheet } from "../../components/side-sheet.tsx";
import { type Dropped, useDropTarget } from "../../components/drop-target.ts";
import { t } from "../../locales/words.ts";
import { chosenWorkspace } from "../../store/azure.ts";
import { chooseWorkspace, closeAzureSheet, forgetWorkspace } from "../../store/azure-actions.ts";
import { useApp } from "../../store/app-store.ts";
import { AzureProblem } from "./azure-problem.tsx";
import { useAsked } from "./use-asked.ts";
import { WorkspaceFileZone } from "./workspace-file-zone.tsx";
import { WorkspaceList } from "./workspace-list.tsx";

type Workspace = CallOutput<"azure:workspaces">["view"][number];

const askWorkspaces = () => call("azure:workspaces", null);

const useStyles = makeStyles({
  body: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL, flexGrow: 1, minWidth: 0 },
  busy: { opacity: 0.7 },
});

/** Chooses the Azure ML workspace: from the list of those that the account may see, by an address, or by a file. */
export function WorkspaceSheet() {
  const styles = useStyles();
  const chosen = useApp(({ azure }) => chosenWorkspace(azure));
  const [text, setText] = useState("");
  const [isChoosing, setChoosing] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const workspaces = useAsked(askWorkspaces);
  const isAddress = /^\s*https?:\/\//i.test(text);

  const choose = async (wanted: CallInput<"azure:use">): Promise<void> => {
    setChoosing(true);
    setProblem(null);
    const refused = await chooseWorkspace(wanted);
    setChoosing(false);
    setProblem(refused);
    if (refused === null) closeAzureSheet();
  };
  const choosePlace = ({ subscription, resource_group, name }: Workspace): void =>
    void choose({ by: "place", place: { subscription, resource_group, workspace: name } });
  const chooseFile = async (): Promise<void> => {
    const answer = await call("inputs:choose", { kind: "file" });
    if (!answer.ok) setProblem(answer.problem);
    else if (answer.value !== null) await choose({ by: "file", grantId: answer.value.grantId });
  };
  const takeDrop = async (dropped: Dropped): Promise<void> => {
    if (dropped === null) return;
    const answer = await grantDropped(dropped.first);
    if (answer.ok) await choose({ by: "file", grantId: answer.value.grantId });
    else setProblem(answer.problem);
  };
  const forget = async (): Promise<void> => setProblem(await forgetWorkspace());
  const { isOver, handlers } = useDropTarget((dropped) => void takeDrop(dropped));

  return (
    <SideSheet
      title={t("workspaces.title")}
      onClose={closeAzureSheet}
      onSubmit={() => {
        if (isAddress) void choose({ by: "address", address: text.trim() });
      }}
      footer={
        <>
          {chosen !== null && <Button onClick={() => void forget()}>{t("workspaces.forget")}</Button>}
          <Button onClick={closeAzureSheet}>{t("sheet.close")}</Button>
        </>
      }
    >
      <div className={mergeClasses(styles.body, isChoosing && styles.busy)} aria-busy={isChoosing} {...handlers}>
        <Field label={t("workspaces.find")} hint={t("workspaces.findHint")}>
          <Input
            type="search"
            contentBefore={<Search20Regular />}
            value={text}
            onChange={(_, { value }) => setText(value)}
          />
        </Field>
        {problem !== null && <AzureProblem problem={problem} onDismiss={() => setProblem(null)} />}
        {isAddress ? (
          <div>
            <Button type="submit" appearance="primary">
              {t("workspaces.openAddress")}
            </Button>
          </div>
        ) : (
          <WorkspaceList workspaces={workspaces} search={text} chosen={chosen} onChoose={choosePlace} />
        )}
        <WorkspaceFileZone isOver={isOver} onChoose={() => void chooseFile()} />
      </div>
    </SideSheet>
  );
}
