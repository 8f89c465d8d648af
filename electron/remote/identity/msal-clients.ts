import {
  ConfidentialClientApplication,
  type Configuration,
  ManagedIdentityApplication,
  PublicClientApplication,
} from "@azure/msal-node";
import { type Result, success } from "../../contract/problem.ts";
import type { Cloud } from "../clouds.ts";
import type { Audience } from "../tokens.ts";
import { type Credential, readClientCertificate } from "./credentials.ts";
import type { MsalNetwork } from "./msal-network.ts";

/**
 * The application that users sign in to: that of Azure's command line, which every tenant knows and which may ask for tokens
 * of all three audiences. Azure's own libraries use it for programs of developers, too.
 */
const publicClientId = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
/** We take up a claims challenge, so tokens may live long and be revoked at once. */
const capabilities = ["CP1"];

/** Of a user. `tenant` null: that of the user's own organization. */
export function userClient(cloud: Cloud, tenant: string | null, network: MsalNetwork): PublicClientApplication {
  return new PublicClientApplication(configuration(cloud, publicClientId, tenant ?? "organizations", network));
}

/** Of a service principal. Problem: azure/sign-in-failed, for a certificate that cannot be used. */
export function principalClient(
  cloud: Cloud,
  {
    tenant,
    clientId,
    credential,
  }: { readonly tenant: string; readonly clientId: string; readonly credential: Credential },
  network: MsalNetwork,
): Result<ConfidentialClientApplication> {
  const { auth, system } = configuration(cloud, clientId, tenant, network);
  if (credential.kind === "secret") {
    return success(new ConfidentialClientApplication({ auth: { ...auth, clientSecret: credential.secret }, system }));
  }
  const clientCertificate = readClientCertificate(credential.path);
  if (!clientCertificate.ok) return clientCertificate;
  return success(
    new ConfidentialClientApplication({ auth: { ...auth, clientCertificate: clientCertificate.value }, system }),
  );
}

/** Of a virtual machine or service of Azure. `clientId` null: its own identity. */
export function managedIdentityClient(clientId: string | null, network: MsalNetwork): ManagedIdentityApplication {
  return new ManagedIdentityApplication({
    clientCapabilities: capabilities,
    ...(clientId === null ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } }),
    system: { networkClient: network, disableInternalRetries: true },
  });
}

function configuration(cloud: Cloud, clientId: string, tenant: string, network: MsalNetwork) {
  return {
    auth: {
      clientId,
      authority: `${cloud.authority}/${tenant}`,
      // Otherwise MSAL would ask the public cloud whether it knows this host.
      knownAuthorities: [new URL(cloud.authority).host],
      clientCapabilities: capabilities,
    },
    system: { networkClient: network },
  } satisfies Configuration;
}

export function resourceOf(cloud: Cloud, audience: Audience): string {
  return {
    "resource-manager": cloud.resource_manager_resource,
    ml: cloud.ml_resource,
    storage: cloud.storage_resource,
  }[audience];
}

/** All that the account may do there. A resource that ends with a slash keeps it, and Entra wants both. */
export function scopesOf(cloud: Cloud, audience: Audience): string[] {
  return [`${resourceOf(cloud, audience)}/.default`];
}
