import { Body1, Button, Caption1, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { format, t } from "../../locales/words.ts";
import type { SignInWait } from "../../store/azure.ts";
import { cancelSignIn } from "../../store/azure-actions.ts";

const useStyles = makeStyles({
  box: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalM,
    padding: tokens.spacingHorizontalL,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground2,
    "@media (forced-colors: active)": { border: "1px solid CanvasText" },
  },
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM, minWidth: 0 },
  code: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeHero800,
    lineHeight: tokens.lineHeightHero800,
    fontWeight: tokens.fontWeightSemibold,
    letterSpacing: "0.08em",
    userSelect: "all",
  },
  address: { minWidth: 0, overflowWrap: "anywhere", userSelect: "all" },
  long: { maxHeight: "80px", overflow: "auto", overflowWrap: "anywhere", userSelect: "all", flexBasis: "100%" },
  quiet: { color: tokens.colorNeutralForeground2 },
  spinner: { justifyContent: "flex-start" },
});

/** What a sign-in waits for, and the way out of it. */
export function SignInWaits({ waiting }: { readonly waiting: SignInWait }) {
  const styles = useStyles();
  const { prompt, toldAt } = waiting;
  return (
    <section className={styles.box} aria-label={t("account.waiting")} data-testid="sign-in-waits">
      {prompt === null && <Spinner className={styles.spinner} size="tiny" label={t("account.asking")} />}
      {prompt?.kind === "browser" && <Browser address={prompt.address} isOpened={prompt.isOpened} />}
      {prompt?.kind === "device-code" && (
        <>
          <Body1>{t("account.enterCode")}</Body1>
          <div className={styles.line}>
            <Text className={styles.address} weight="semibold">
              {prompt.address}
            </Text>
            <CopyButton text={prompt.address} label={t("account.copyAddress")} />
          </div>
          <div className={styles.line}>
            <span className={styles.code} data-testid="device-code">
              {prompt.code}
            </span>
            <CopyButton text={prompt.code} label={t("account.copyCode")} />
          </div>
          <TimeLeft until={toldAt + prompt.expiresIn * 1000} />
        </>
      )}
      <div>
        <Button onClick={cancelSignIn}>{t("sheet.cancel")}</Button>
      </div>
    </section>
  );
}

function Browser({ address, isOpened }: { readonly address: string; readonly isOpened: boolean }) {
  const styles = useStyles();
  return (
    <>
      {isOpened ? (
        <Spinner className={styles.spinner} size="tiny" label={t("account.inBrowser")} />
      ) : (
        <Body1>{t("account.noBrowser")}</Body1>
      )}
      <div className={styles.line}>
        {!isOpened && <Caption1 className={styles.long}>{address}</Caption1>}
        {isOpened && <Caption1 className={styles.quiet}>{t("account.noPage")}</Caption1>}
        <CopyButton text={address} label={t("account.copyAddress")} />
      </div>
    </>
  );
}

function TimeLeft({ until }: { readonly until: number }) {
  const styles = useStyles();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((until - now) / 1000));
  return (
    <Caption1 className={styles.quiet} role="timer">
      {t("account.codeLeft", { time: format.duration(seconds) })}
    </Caption1>
  );
}
