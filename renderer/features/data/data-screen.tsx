import {
  Body1,
  Button,
  Caption1,
  makeStyles,
  Spinner,
  Subtitle2,
  Text,
  Title2,
  tokens,
} from "@fluentui/react-components";
import { FolderAdd20Regular, Tag20Regular } from "@fluentui/react-icons";
import { type ReactNode, useId, useState } from "react";
import type { DataOverview } from "../../../electron/contract/nouns/data-view.ts";
import { moveFocusWithArrows } from "../../components/arrow-focus.ts";
import { CommandLines } from "../../components/command-lines.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { t } from "../../locales/words.ts";
import { fetchData } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";
import { AssetSheet } from "./asset-sheet.tsx";
import { WatchRow } from "./watch-row.tsx";
import { WatchSheet } from "./watch-sheet.tsx";

const useStyles = makeStyles({
  page: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalXXL,
    padding: `${tokens.spacingVerticalXL} ${tokens.spacingHorizontalXXL}`,
  },
  lead: { color: tokens.colorNeutralForeground2 },
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalS, minWidth: 0 },
  head: { display: "flex", alignItems: "flex-end", justifyContent: "space-between", gap: tokens.spacingHorizontalM },
  list: {
    display: "flex",
    flexDirection: "column",
    margin: 0,
    padding: 0,
    listStyleType: "none",
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow2,
    overflow: "hidden",
    "@media (forced-colors: active)": { border: "1px solid CanvasText" },
    "> li": {
      padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
      borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    },
    "> li:last-child": { borderBottomStyle: "none" },
  },
  entry: {
    display: "grid",
    gridTemplateColumns: "minmax(120px, 1fr) minmax(0, 3fr)",
    columnGap: tokens.spacingHorizontalL,
    alignItems: "baseline",
  },
  wrapped: { minWidth: 0, overflowWrap: "anywhere" },
  quiet: { color: tokens.colorNeutralForeground2, minWidth: 0, overflowWrap: "anywhere" },
});

/** Where inputs come from: watched folders, names for places, and folders that stand for Azure's stores. */
export function DataScreen() {
  const styles = useStyles();
  const data = useApp((state) => state.data);
  const [sheet, setSheet] = useState<"watch" | "asset" | null>(null);
  const close = (): void => setSheet(null);
  return (
    <div className={styles.page} onKeyDown={moveFocusWithArrows}>
      <div>
        <Title2 as="h1" block>
          {t("app.data")}
        </Title2>
        <Body1 className={styles.lead}>{t("data.lead")}</Body1>
      </div>
      {data.state === "failed" && <ProblemNotice problem={data.problem} onRetry={() => void fetchData()} />}
      {data.state === "loading" && <Spinner label={t("data.loading")} delay={200} />}
      {data.state === "ready" && <Sections data={data.value} onAsk={setSheet} />}
      {sheet === "watch" && <WatchSheet onClose={close} />}
      {sheet === "asset" && <AssetSheet onClose={close} />}
    </div>
  );
}

type SectionsProps = { readonly data: DataOverview; readonly onAsk: (sheet: "watch" | "asset") => void };

function Sections({ data: { watches, assets, datastores }, onAsk }: SectionsProps) {
  const styles = useStyles();
  return (
    <>
      <Section
        title={t("data.watches")}
        text={t("data.watchesText")}
        action={
          <Button icon={<FolderAdd20Regular />} onClick={() => onAsk("watch")}>
            {t("data.watchAdd")}
          </Button>
        }
      >
        {watches.map((watch) => (
          <WatchRow key={watch.id} watch={watch} />
        ))}
      </Section>
      <Section
        title={t("data.assets")}
        text={t("data.assetsText")}
        action={
          <Button icon={<Tag20Regular />} onClick={() => onAsk("asset")}>
            {t("data.assetAdd")}
          </Button>
        }
      >
        {assets.map(({ name, version, path, type }) => (
          <li key={`${name} ${version}`} className={styles.entry} data-testid="asset-row">
            <Text weight="semibold" className={styles.wrapped}>
              {name}:{version}
            </Text>
            <Text size={200} className={styles.quiet}>
              {path} <Caption1>({t(type === "uri_folder" ? "data.folder" : "data.file")})</Caption1>
            </Text>
          </li>
        ))}
      </Section>
      <Section
        title={t("data.datastores")}
        text={t("data.datastoresText")}
        empty={<CommandLines lead={null} lines={["batchdeck datastore create -n shared --path FOLDER"]} />}
      >
        {datastores.map(({ name, path }) => (
          <li key={name} className={styles.entry} data-testid="datastore-row">
            <Text weight="semibold" className={styles.wrapped}>
              {name}
            </Text>
            <Text size={200} className={styles.quiet}>
              {path}
            </Text>
          </li>
        ))}
      </Section>
    </>
  );
}

type SectionProps = {
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
  /** In place of the list while it has no entries. */
  readonly empty?: ReactNode;
  readonly children: readonly ReactNode[];
};

function Section({ title, text, action, empty, children }: SectionProps) {
  const styles = useStyles();
  const titleId = useId();
  return (
    <section className={styles.section} aria-labelledby={titleId}>
      <div className={styles.head}>
        <div>
          <Subtitle2 as="h2" block id={titleId}>
            {title}
          </Subtitle2>
          <Caption1 className={styles.lead}>{text}</Caption1>
        </div>
        {action}
      </div>
      {children.length === 0 ? (
        empty
      ) : (
        // A list without bullets is a list to some screen readers only when it says so.
        <ul role="list" className={styles.list} aria-labelledby={titleId}>
          {children}
        </ul>
      )}
    </section>
  );
}
