import { Button, Caption1, makeStyles, MessageBar, MessageBarBody, tokens } from "@fluentui/react-components";
import { CloudArrowUp20Regular, Play20Regular } from "@fluentui/react-icons";
import { type FormEvent, type KeyboardEvent, type ReactNode, useRef } from "react";
import type { Problem } from "../../../electron/contract/problem.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { SheetParts } from "../../components/side-drawer.tsx";
import { t } from "../../locales/words.ts";
import { closeSheet } from "../../store/actions.ts";
import type { SheetRequest } from "../../store/app-store.ts";
import { useFocusAfterOpening } from "./sheet-focus.ts";

const useStyles = makeStyles({
  form: { display: "flex", flexDirection: "column", flexGrow: 1, minWidth: 0, width: "100%", minHeight: 0 },
  fixed: { flexShrink: 0 },
  hint: { flexGrow: 1, color: tokens.colorNeutralForeground2 },
});

type Props = {
  readonly request: SheetRequest;
  readonly invocation: {
    readonly canStart: boolean;
    readonly isStarting: boolean;
    readonly start: () => Promise<void>;
    /** All that Start was refused for. */
    readonly problems: readonly Problem[];
    readonly dismissProblem: (problem: Problem) => void;
  };
  readonly isLookingAgain: boolean;
  readonly children: ReactNode;
};

/** What both sheets have, that of this computer and that of Azure: the title, what was refused, Start. */
export function SheetForm({ request, invocation, isLookingAgain, children }: Props) {
  const styles = useStyles();
  const { canStart, isStarting } = invocation;
  const start = useRef<HTMLButtonElement>(null);
  useFocusAfterOpening(start);

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void invocation.start();
  };
  // Enter starts from anywhere in the sheet but from what Enter already means something to.
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest("button, a, input, select") !== null) return;
    void invocation.start();
  };

  return (
    <form className={styles.form} onSubmit={onSubmit} onKeyDown={onKeyDown} noValidate>
      <SheetParts
        title={t("sheet.title", { name: request.endpointName })}
        onClose={closeSheet}
        problem={
          invocation.problems.length === 0
            ? undefined
            : invocation.problems.map((problem, place) => (
                <ProblemNotice key={place} problem={problem} onDismiss={() => invocation.dismissProblem(problem)} />
              ))
        }
        footer={
          <>
            <Caption1 className={styles.hint}>
              {isLookingAgain ? t("sheet.lookingAgain") : t(canStart ? "sheet.startHint" : "sheet.closeHint")}
            </Caption1>
            <Button onClick={closeSheet}>{t("sheet.cancel")}</Button>
            <Button
              ref={(element: HTMLButtonElement | null) => {
                start.current = element;
              }}
              type="submit"
              appearance="primary"
              icon={request.runsOn === "azure" ? <CloudArrowUp20Regular /> : <Play20Regular />}
              disabledFocusable={!canStart || isStarting}
            >
              {isStarting ? t("sheet.starting") : t("sheet.start")}
            </Button>
          </>
        }
      >
        {request.leftOut > 0 && (
          <MessageBar className={styles.fixed} intent="warning" layout="multiline">
            <MessageBarBody>
              {t("score.severalDropped", { name: request.input.name, count: request.leftOut })}
            </MessageBarBody>
          </MessageBar>
        )}
        {children}
      </SheetParts>
    </form>
  );
}
