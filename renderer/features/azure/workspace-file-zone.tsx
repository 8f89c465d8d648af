import { Button, Caption1, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { Document20Regular } from "@fluentui/react-icons";
import { t } from "../../locales/words.ts";

const useStyles = makeStyles({
  zone: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    justifyContent: "space-between",
    gap: tokens.spacingHorizontalM,
    padding: tokens.spacingHorizontalM,
    border: `1px dashed ${tokens.colorNeutralStrokeAccessible}`,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground2,
  },
  over: { border: `1px dashed ${tokens.colorCompoundBrandStroke}`, backgroundColor: tokens.colorBrandBackground2 },
});

/** Where a config.json is dropped, or chosen. */
export function WorkspaceFileZone({ isOver, onChoose }: { readonly isOver: boolean; readonly onChoose: () => void }) {
  const styles = useStyles();
  return (
    <div className={mergeClasses(styles.zone, isOver && styles.over)} data-testid="workspace-file">
      <Caption1>{t("workspaces.dropFile")}</Caption1>
      <Button size="small" icon={<Document20Regular />} onClick={onChoose}>
        {t("score.chooseFile")}
      </Button>
    </div>
  );
}
