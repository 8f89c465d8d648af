import { useEffect, useState } from "react";
import type { EndpointCard as Endpoint } from "../../../electron/contract/channels.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { chooseInput } from "../../store/actions.ts";
import { useApp } from "../../store/app-store.ts";

/** The key as it is written on this computer's keyboard. */
export const chooseFolderKey = navigator.userAgent.includes("Mac") ? "⌘O" : "Ctrl+O";

/**
 * Ctrl+O (or Command+O) on any screen: choose a folder for the endpoint whose card has the focus, else for the one used
 * last. Shows nothing but the problem, when there is one.
 */
export function ChooseFolderKey() {
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isShortcut =
        (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "o";
      if (!isShortcut || event.repeat) return;
      event.preventDefault();
      const endpoint = focusedEndpoint() ?? lastUsedEndpoint();
      if (endpoint !== null) void chooseInput(endpoint, "folder").then(setProblem);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
  return problem === null ? null : <ProblemNotice problem={problem} onDismiss={() => setProblem(null)} />;
}

function focusedEndpoint(): string | null {
  const name = document.activeElement?.closest<HTMLElement>("[data-endpoint]")?.dataset["endpoint"] ?? null;
  return usableEndpoints().some((endpoint) => endpoint.name === name) ? name : null;
}

function lastUsedEndpoint(): string | null {
  const latest = usableEndpoints().reduce<Endpoint | null>(
    (best, endpoint) => (best === null || (endpoint.last_used_at ?? "") > (best.last_used_at ?? "") ? endpoint : best),
    null,
  );
  return latest?.name ?? null;
}

function usableEndpoints(): readonly Endpoint[] {
  const { endpoints } = useApp.getState();
  return endpoints.state === "ready" ? endpoints.value.filter(({ deployments }) => deployments.length > 0) : [];
}
