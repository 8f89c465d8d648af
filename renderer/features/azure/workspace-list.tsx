import { Body1, Button, Caption1, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { Checkmark20Filled, CloudDatabase20Regular } from "@fluentui/react-icons";
import type { CallOutput } from "../../../electron/contract/channels.ts";
import type { AzureOverview } from "../../../electron/contract/views/azure-card.ts";
import type { AzureWorkspace } from "../../../electron/contract/views/azure.ts";
import { arrowStop, moveFocusWithArrows } from "../../components/arrow-focus.ts";
import { t } from "../../locales/words.ts";
import { AzureProblem } from "./azure-problem.tsx";
import { SeenNote } from "./seen-note.tsx";
import type { Asked } from "./use-asked.ts";

const useStyles = makeStyles({
  list: { display: "flex", flexDirection: "column", gap: "2px", margin: 0, padding: 0, listStyleType: "none" },
  row: {
    width: "100%",
    justifyContent: "flex-start",
    gap: tokens.spacingHorizontalM,
    textAlign: "left",
    fontWeight: tokens.fontWeightRegular,
    minWidth: 0,
  },
  words: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
  quiet: { display: "block", color: tokens.colorNeutralForeground2 },
  check: { display: "flex", flexShrink: 0, color: tokens.colorBrandForeground1 },
});

type Props = {
  readonly workspaces: Asked<CallOutput<"azure:workspaces">>;
  /** What their names or places hold. */
  readonly search: string;
  readonly chosen: AzureOverview["workspace"];
  readonly onChoose: (workspace: AzureWorkspace) => void;
};

export function WorkspaceList({ workspaces: { seen, askAgain }, search, chosen, onChoose }: Props) {
  const styles = useStyles();
  if (seen.state === "loading") return <Spinner label={t("workspaces.loading")} delay={200} />;
  if (seen.state === "failed") return <AzureProblem problem={seen.problem} onRetry={askAgain} />;
  const found = seen.value.view
    .filter((workspace) => isFound(workspace, search))
    .sort((a, b) => a.name.localeCompare(b.name));
  return (
    <>
      <SeenNote seen={seen.value} onRetry={askAgain} />
      {found.length === 0 && (
        <Body1 className={styles.quiet}>
          {seen.value.view.length === 0 ? t("workspaces.empty") : t("workspaces.notFound")}
        </Body1>
      )}
      <ul role="list" className={styles.list} aria-label={t("workspaces.list")} onKeyDown={moveFocusWithArrows}>
        {found.map((workspace) => {
          const isChosen = chosen !== null && isAt(workspace, chosen);
          return (
            <li key={workspace.id}>
              <Button
                appearance="subtle"
                className={styles.row}
                icon={<CloudDatabase20Regular />}
                aria-current={isChosen}
                onClick={() => onChoose(workspace)}
                {...arrowStop}
              >
                <span className={styles.words}>
                  <Text weight="semibold">{workspace.name}</Text>
                  <Caption1 className={styles.quiet} title={workspace.subscription}>
                    {[workspace.resource_group, workspace.location].filter((part) => part !== "").join(" · ")}
                  </Caption1>
                </span>
                {isChosen && (
                  <span className={styles.check} aria-hidden="true">
                    <Checkmark20Filled />
                  </span>
                )}
              </Button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function isFound(
  { name, display_name, resource_group, location, description }: AzureWorkspace,
  search: string,
): boolean {
  const text = [name, display_name, resource_group, location, description].join("\n").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Names in Azure that differ in case alone are one name. */
function isAt(workspace: AzureWorkspace, place: NonNullable<AzureOverview["workspace"]>): boolean {
  const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  return (
    same(workspace.name, place.workspace) &&
    same(workspace.resource_group, place.resource_group) &&
    same(workspace.subscription, place.subscription)
  );
}
