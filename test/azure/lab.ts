import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Cloud } from "../../electron/remote/clouds.ts";
import { type CertificateAuthority, makeAuthority } from "./certificates.ts";
import { type Entra, type EntraApplication, startEntra } from "./entra/entra.ts";
import { type AzureServer, startAzureServer } from "./server.ts";

export type Lab = {
  readonly server: AzureServer;
  readonly entra: Entra;
  readonly tenant: string;
  readonly authority: CertificateAuthority;
  readonly cloud: Cloud;
  /** What `--cloud` and BATCHDECK_CLOUD name. */
  readonly cloudFile: string;
  /** Throws when a request broke Azure's contract. */
  readonly close: () => Promise<void>;
};

export const labHosts = { login: "login.lab.test", management: "management.lab.test" } as const;

/** A cloud of its own on loopback, with one tenant and one user, that a cloud file in `folder` describes. */
export async function startLab(
  folder: string,
  {
    applications = [],
    hosts = [],
    login = labHosts.login,
  }: {
    readonly applications?: readonly EntraApplication[];
    /** Further names that a token may be sent to. */
    readonly hosts?: readonly string[];
    /** Where users sign in: a name that a person's browser can find, too. */
    readonly login?: string;
  } = {},
): Promise<Lab> {
  const authority = makeAuthority();
  const names = [login, labHosts.management, ...hosts];
  const server = await startAzureServer(authority.issue(names));
  const caFile = path.join(folder, "lab-ca.pem");
  fs.writeFileSync(caFile, authority.certificate);
  const at = (host: string) => `${host}:${server.port}`;
  const cloud: Cloud = {
    name: "Lab",
    authority: `https://${at(login)}`,
    resource_manager: `https://${at(labHosts.management)}`,
    ml_resource: "https://ml.lab.test",
    resource_manager_resource: "https://management.lab.test",
    storage_resource: "https://storage.lab.test",
    hosts: [labHosts.management, ...hosts].map(at),
    ca_file: caFile,
    resolve: Object.fromEntries(names.map((name) => [name, "127.0.0.1"])),
  };
  const cloudFile = path.join(folder, "lab.json");
  fs.writeFileSync(cloudFile, JSON.stringify({ ...cloud, ca_file: "lab-ca.pem" }));
  const tenant = randomUUID();
  const entra = startEntra({
    server,
    host: login,
    tenant,
    publicClient: "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    applications,
    resources: [cloud.ml_resource, cloud.resource_manager_resource, cloud.storage_resource],
  });
  return { server, entra, tenant, authority, cloud, cloudFile, close: server.close };
}
