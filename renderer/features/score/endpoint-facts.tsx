import { Body1, Button, Caption1, makeStyles, mergeClasses, Subtitle2, tokens } from "@fluentui/react-components";
import {
  Code24Regular,
  Grid24Regular,
  Image24Regular,
  MusicNote224Regular,
  ShieldQuestion16Regular,
  Table24Regular,
  TextT24Regular,
} from "@fluentui/react-icons";
import type { EndpointCard as Endpoint } from "../../../electron/contract/channels.ts";
import { Moment } from "../../components/moment.tsx";
import { t } from "../../locales/words.ts";

const useStyles = makeStyles({
  head: { display: "flex", alignItems: "flex-start", gap: tokens.spacingHorizontalM, minWidth: 0 },
  icon: { display: "flex", color: tokens.colorBrandForeground1, paddingTop: "2px" },
  titles: { minWidth: 0, flexGrow: 1 },
  cut: { display: "block", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  quiet: { color: tokens.colorNeutralForeground2 },
  text: { overflowWrap: "anywhere" },
  clamped: { display: "-webkit-box", WebkitBoxOrient: "vertical", WebkitLineClamp: 2, overflow: "hidden" },
  trust: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    justifyContent: "space-between",
    gap: tokens.spacingHorizontalS,
  },
  caution: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  shield: { flexShrink: 0, color: tokens.colorPaletteDarkOrangeForeground1 },
  facts: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, minWidth: 0, flexGrow: 1 },
});

type Deployment = Endpoint["deployments"][number];

type Props = {
  readonly endpoint: Endpoint;
  /** The deployment that the card tells about; null: there is none. */
  readonly shown: Deployment | null;
  readonly titleId: string;
};

/** What an endpoint is called, what it takes, who serves it, and when it was last used. */
export function EndpointFacts({ endpoint, shown, titleId }: Props) {
  const styles = useStyles();
  const { name } = endpoint;
  return (
    <>
      <div className={styles.head}>
        <span className={styles.icon} aria-hidden="true">
          {takesIcon[shown?.takes.kind ?? "tabular"]}
        </span>
        <div className={styles.titles}>
          <Subtitle2 as="h2" block id={titleId} className={styles.cut} title={name}>
            {name}
          </Subtitle2>
          {shown !== null && (
            <Caption1 className={mergeClasses(styles.cut, styles.quiet)}>{t(takesSentence[shown.takes.kind])}</Caption1>
          )}
        </div>
      </div>
      <div className={styles.facts}>
        {endpoint.description !== "" && (
          <Body1 className={mergeClasses(styles.clamped, styles.text)} title={endpoint.description}>
            {endpoint.description}
          </Body1>
        )}
        {shown !== null && (
          <Caption1
            className={mergeClasses(styles.clamped, styles.text, styles.quiet)}
            title={shown.takes.columns.join(", ")}
          >
            {readsText(shown.takes)}
          </Caption1>
        )}
        <Caption1 className={mergeClasses(styles.cut, styles.quiet)} title={endpoint.default_deployment ?? undefined}>
          {deploymentText(endpoint)}
        </Caption1>
        <Caption1 className={styles.quiet}>
          {endpoint.last_used_at === null ? (
            t("score.neverUsed")
          ) : (
            <Moment at={endpoint.last_used_at} sentence="score.lastUsed" />
          )}
        </Caption1>
      </div>
    </>
  );
}

/** A script waits for its user's permission. */
export function TrustNeeded({ onLook }: { readonly onLook: () => void }) {
  const styles = useStyles();
  return (
    <div className={styles.trust} data-testid="untrusted">
      <Caption1 className={styles.caution}>
        <ShieldQuestion16Regular className={styles.shield} aria-hidden="true" />
        {t("trust.needed")}
      </Caption1>
      <Button size="small" onClick={onLook}>
        {t("trust.look")}
      </Button>
    </div>
  );
}

const takesSentence = {
  image: "score.takesPictures",
  text: "score.takesTexts",
  tabular: "score.takesTables",
  tensor: "score.takesArrays",
  audio: "score.takesSounds",
  file: "score.takesFiles",
} as const;

const takesIcon = {
  image: <Image24Regular />,
  text: <TextT24Regular />,
  tabular: <Table24Regular />,
  tensor: <Grid24Regular />,
  audio: <MusicNote224Regular />,
  file: <Code24Regular />,
} as const;

/** What the model makes of an input: the columns that must be there, or the size that pictures get. */
function readsText(takes: Deployment["takes"]): string | null {
  if (takes.kind === "image") return takes.size === null ? null : t("score.picturesSized", takes.size);
  const count = takes.columns.length;
  return count === 0 ? null : t("score.readsColumns", { count, columns: takes.columns.join(", ") });
}

function deploymentText(endpoint: Endpoint): string {
  if (endpoint.deployments.length === 0) return t("score.noDeployment");
  return endpoint.default_deployment === null
    ? t("score.noDefault", { count: endpoint.deployments.length })
    : t("score.defaultDeployment", { name: endpoint.default_deployment });
}
