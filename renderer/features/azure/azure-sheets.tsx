import { useApp } from "../../store/app-store.ts";
import { AccountSheet } from "./account-sheet.tsx";
import { PublishSheet } from "./publish/publish-sheet.tsx";
import { WorkspaceSheet } from "./workspace-sheet.tsx";

/** The sheet of Azure that is open, if one is. */
export function AzureSheets() {
  const sheet = useApp((state) => state.azureSheet);
  switch (sheet) {
    case "account":
      return <AccountSheet />;
    case "workspaces":
      return <WorkspaceSheet />;
    case "publish":
      return <PublishSheet />;
    case null:
      return null;
  }
}
