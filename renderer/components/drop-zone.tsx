import { Button, Caption1, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { ArrowDownload20Regular, Document20Regular, FolderOpen20Regular } from "@fluentui/react-icons";
import { t } from "../locales/words.ts";

const useStyles = makeStyles({
  zone: {
    display: "flex",
    flexDirection: "column",
    alignItems: "center",
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingVerticalM,
    border: `1px dashed ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground2,
  },
  zoneDragging: {
    borderTopColor: tokens.colorCompoundBrandStroke,
    borderRightColor: tokens.colorCompoundBrandStroke,
    borderBottomColor: tokens.colorCompoundBrandStroke,
    borderLeftColor: tokens.colorCompoundBrandStroke,
  },
  zoneOver: { backgroundColor: tokens.colorBrandBackground2, color: tokens.colorBrandForeground2 },
  dropText: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    textAlign: "center",
    overflowWrap: "anywhere",
  },
  buttons: { display: "flex", flexWrap: "wrap", justifyContent: "center", gap: tokens.spacingHorizontalS },
});

type Props = {
  /** The endpoint's. */
  readonly name: string;
  /** Something is dragged over the window. */
  readonly isDragging: boolean;
  /** It is over this card. */
  readonly isOver: boolean;
  readonly onChoose: (kind: "folder" | "file") => void;
};

/** The place to drop something on, and the buttons for those who do not drag. */
export function DropZone({ name, isDragging, isOver, onChoose }: Props) {
  const styles = useStyles();
  return (
    <div className={mergeClasses(styles.zone, isDragging && styles.zoneDragging, isOver && styles.zoneOver)}>
      <span className={styles.dropText}>
        <ArrowDownload20Regular aria-hidden="true" />
        <Caption1>{isOver ? t("score.letGo", { name }) : t("score.dropHere")}</Caption1>
      </span>
      <div className={styles.buttons}>
        <Button size="small" icon={<FolderOpen20Regular />} onClick={() => onChoose("folder")}>
          {t("score.chooseFolder")}
        </Button>
        <Button size="small" icon={<Document20Regular />} onClick={() => onChoose("file")}>
          {t("score.chooseFile")}
        </Button>
      </div>
    </div>
  );
}
