import { Body1, Button, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { Globe20Regular } from "@fluentui/react-icons";
import { t } from "../../locales/words.ts";

const useStyles = makeStyles({
  quiet: { color: tokens.colorNeutralForeground2 },
  ways: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
});

type Props = {
  readonly tenant: string;
  readonly onTenant: (tenant: string) => void;
  readonly onBegin: (kind: "browser" | "device-code") => void;
};

/** The ways to sign in. */
export function SignInChoice({ tenant, onTenant, onBegin }: Props) {
  const styles = useStyles();
  return (
    <>
      <Body1 className={styles.quiet}>{t("account.lead")}</Body1>
      <Field label={t("account.tenant")} hint={t("account.tenantHint")}>
        <Input value={tenant} onChange={(_, { value }) => onTenant(value)} />
      </Field>
      <div className={styles.ways}>
        <Button type="submit" appearance="primary" icon={<Globe20Regular />}>
          {t("account.withBrowser")}
        </Button>
        <Button onClick={() => onBegin("device-code")}>{t("account.withCode")}</Button>
      </div>
    </>
  );
}
