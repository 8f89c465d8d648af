import { createPrivateKey, X509Certificate } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { codeOf } from "../../contract/errno.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { Environment } from "../network/proxy.ts";

/** What a service principal proves itself with. */
export type Credential =
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "certificate"; readonly path: string };

/** A certificate as MSAL wants it. */
export type ClientCertificate = { readonly thumbprintSha256: string; readonly privateKey: string };

/** A service principal that the environment names whole. */
export type EnvironmentPrincipal = {
  readonly tenant: string;
  readonly clientId: string;
  readonly credential: Credential;
};

/** AZURE_CLIENT_SECRET, else AZURE_CLIENT_CERTIFICATE_PATH, as Azure's own libraries read them; null: neither. */
export function credentialIn(environment: Environment): Credential | null {
  const secret = environment["AZURE_CLIENT_SECRET"] ?? "";
  if (secret !== "") return { kind: "secret", secret };
  const file = environment["AZURE_CLIENT_CERTIFICATE_PATH"] ?? "";
  return file === "" ? null : { kind: "certificate", path: path.resolve(file) };
}

/** With AZURE_TENANT_ID and AZURE_CLIENT_ID beside it, nobody has to sign in; null: one of them is missing. */
export function principalIn(environment: Environment): EnvironmentPrincipal | null {
  const [tenant, clientId] = [environment["AZURE_TENANT_ID"] ?? "", environment["AZURE_CLIENT_ID"] ?? ""];
  const credential = credentialIn(environment);
  return tenant === "" || clientId === "" || credential === null ? null : { tenant, clientId, credential };
}

/** A PEM file of a certificate with its RSA key. Problem: azure/sign-in-failed. */
export function readClientCertificate(file: string): Result<ClientCertificate> {
  let pem: string;
  try {
    pem = fs.readFileSync(file, "utf8");
  } catch (error) {
    return failure("azure/sign-in-failed:certificate-file", { file, errno: codeOf(error) });
  }
  try {
    const certificate = new X509Certificate(pem);
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === "rsa" && certificate.checkPrivateKey(key)) {
      return success({
        thumbprintSha256: certificate.fingerprint256.replaceAll(":", ""),
        privateKey: key.export({ type: "pkcs8", format: "pem" }).toString(),
      });
    }
  } catch {
    // What OpenSSL says of it helps nobody.
  }
  return failure("azure/sign-in-failed:certificate", { file });
}

/** An ID or a domain name: it becomes a part of the address where users sign in. Problem: azure/sign-in-failed. */
export function checkTenant(tenant: string): Result<string> {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(tenant) && !tenant.includes(".."))
    return success(tenant);
  return failure("azure/sign-in-failed:tenant", { tenant });
}
