import { Button, makeStyles, Subtitle2, tokens } from "@fluentui/react-components";
import { Document20Regular, Folder20Regular, FolderOpen20Regular } from "@fluentui/react-icons";
import type { ComponentProps } from "react";
import type { InputGrant } from "../../../electron/contract/channels.ts";
import { t } from "../../locales/words.ts";
import { InputSummary } from "./input-summary.tsx";

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0 },
  line: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalS, minWidth: 0 },
  cut: { minWidth: 0, overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  fixed: { flexShrink: 0 },
});

type Props = {
  readonly input: InputGrant;
  /** Null: no deployment was chosen yet, so nothing has been read. */
  readonly preview: ComponentProps<typeof InputSummary>["preview"] | null;
};

/** The folder or file, and what was found in it. */
export function InputSection({ input, preview }: Props) {
  const styles = useStyles();
  return (
    <section className={styles.section} aria-label={t("sheet.input")}>
      <div className={styles.line}>
        {input.kind === "folder" ? (
          <Folder20Regular className={styles.fixed} />
        ) : (
          <Document20Regular className={styles.fixed} />
        )}
        <Subtitle2 as="h3" className={styles.cut} title={input.name}>
          {input.name}
        </Subtitle2>
      </div>
      {preview !== null && <InputSummary preview={preview} name={input.name} />}
    </section>
  );
}

/** For an input that cannot be scored. */
export function ChooseAnotherInput({ onChoose }: { readonly onChoose: (kind: InputGrant["kind"]) => Promise<void> }) {
  const styles = useStyles();
  return (
    <div className={styles.line}>
      <Button icon={<FolderOpen20Regular />} onClick={() => void onChoose("folder")}>
        {t("score.chooseFolder")}
      </Button>
      <Button icon={<Document20Regular />} onClick={() => void onChoose("file")}>
        {t("score.chooseFile")}
      </Button>
    </div>
  );
}
