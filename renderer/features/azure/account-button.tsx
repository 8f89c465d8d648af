import { Avatar } from "@fluentui/react-components";
import { Person24Regular } from "@fluentui/react-icons";
import { RailButton } from "../../components/rail-button.tsx";
import { t } from "../../locales/words.ts";
import { activeAccount } from "../../store/azure.ts";
import { openAzureSheet } from "../../store/azure-actions.ts";
import { useApp } from "../../store/app-store.ts";

/** Who is signed in to Azure, at the end of the rail, and the way to their sheet. */
export function AccountButton() {
  const account = useApp(({ azure }) => activeAccount(azure));
  return (
    <RailButton
      label={t(account === null ? "account.signIn" : "account.title")}
      description={account === null ? t("account.signInAzure") : t("account.is", { name: account.username })}
      icon={account === null ? <Person24Regular /> : <AccountAvatar name={account.username} />}
      onClick={() => openAzureSheet("account")}
    />
  );
}

export function AccountAvatar({ name }: { readonly name: string }) {
  return <Avatar size={24} color="brand" initials={initialsOf(name)} aria-hidden="true" />;
}

/** Of `eva.de-vries@contoso.com`: EV. */
function initialsOf(name: string): string {
  const words = (name.split("@")[0] ?? "").split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const [first = "", last = ""] = [words[0], words.length > 1 ? words.at(-1) : ""];
  return `${[...first][0] ?? ""}${[...last][0] ?? ""}`.toUpperCase();
}
