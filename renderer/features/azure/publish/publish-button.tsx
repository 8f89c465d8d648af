import { Button } from "@fluentui/react-components";
import { CloudArrowUp20Regular } from "@fluentui/react-icons";
import { t } from "../../../locales/words.ts";
import { useApp } from "../../../store/app-store.ts";
import { endpointsKey } from "../../../store/azure.ts";
import { openPublishSheet } from "../../../store/publish-actions.ts";
import { isUnderWay } from "../../../store/publishing.ts";

/** The way to Azure for an endpoint of this computer; nothing while no workspace is chosen or nobody is signed in. */
export function PublishButton({ endpointName }: { readonly endpointName: string }) {
  const hasPlace = useApp(({ azure }) => endpointsKey(azure) !== null);
  const isPublishing = useApp(
    ({ publication }) =>
      publication !== null && isUnderWay(publication) && publication.wanted.endpoint_name === endpointName,
  );
  if (!hasPlace) return null;
  return (
    <Button appearance="subtle" icon={<CloudArrowUp20Regular />} onClick={() => openPublishSheet(endpointName)}>
      {t(isPublishing ? "publish.running" : "publish.open")}
    </Button>
  );
}
