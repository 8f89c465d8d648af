import {
  Badge,
  Button,
  Caption1,
  makeStyles,
  MessageBar,
  MessageBarBody,
  Text,
  tokens,
} from "@fluentui/react-components";
import type { AccountView } from "../../../electron/contract/views/account.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { t } from "../../locales/words.ts";
import { setActiveAccount } from "../../store/azure-actions.ts";
import { AccountAvatar } from "./account-button.tsx";

const useStyles = makeStyles({
  list: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    margin: 0,
    padding: 0,
    listStyleType: "none",
  },
  row: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM, minWidth: 0 },
  who: { flexGrow: 1, flexBasis: "200px", minWidth: 0, overflowWrap: "anywhere" },
  quiet: { display: "block", color: tokens.colorNeutralForeground2 },
});

type Props = {
  readonly accounts: readonly AccountView[];
  readonly onLeave: (account: AccountView) => void;
  readonly onProblem: (problem: Problem | null) => void;
};

/** The accounts that are signed in here: which one asks Azure, and the way out for each. */
export function AccountList({ accounts, onLeave, onProblem }: Props) {
  const styles = useStyles();
  return (
    <>
      <ul role="list" className={styles.list} aria-label={t("account.list")}>
        {accounts.map((account) => (
          <li key={`${account.username} ${account.tenant_id} ${account.cloud}`} className={styles.row}>
            <AccountAvatar name={account.username} />
            <span className={styles.who} data-testid="account">
              <Text weight="semibold">{account.username}</Text>{" "}
              {accounts.length > 1 && account.active && (
                <Badge appearance="tint" size="small">
                  {t("account.active")}
                </Badge>
              )}
              <Caption1 className={styles.quiet}>{placeOf(account)}</Caption1>
              {isOfEnvironment(account) && <Caption1 className={styles.quiet}>{t("account.environment")}</Caption1>}
            </span>
            {!account.active && (
              <Button size="small" onClick={() => void setActiveAccount(account).then(onProblem)}>
                {t("account.use")}
              </Button>
            )}
            {!isOfEnvironment(account) && (
              <Button
                size="small"
                aria-label={t("account.signOutNamed", { name: account.username })}
                onClick={() => onLeave(account)}
              >
                {t("account.signOut")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {accounts.some(({ tokens }) => tokens === "memory") && (
        <MessageBar intent="warning" layout="multiline" data-testid="not-kept">
          <MessageBarBody>{t("account.notKept")}</MessageBarBody>
        </MessageBar>
      )}
    </>
  );
}

/** The tenant, and the cloud unless it is the usual one. */
function placeOf({ tenant_id: tenant, cloud }: AccountView): string {
  const parts = [
    ...(tenant === null ? [] : [t("account.tenantIs", { tenant })]),
    ...(cloud === "AzureCloud" ? [] : [cloud]),
  ];
  return parts.join(" · ");
}

/** The window signs in users only: an application is the one that the environment names. */
function isOfEnvironment({ type }: AccountView): boolean {
  return type !== "user";
}
