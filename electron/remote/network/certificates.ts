import { X509Certificate } from "node:crypto";
import fs from "node:fs";
import * as tls from "node:tls";
import { failure, type Result, success } from "../../contract/problem.ts";

/** Not every runtime can tell them. */
type Stores = { readonly getCACertificates?: (type: "default" | "system") => string[] };

let known: readonly string[] | null = null;

/** Node's own authorities, those of NODE_EXTRA_CA_CERTS, and those of the system, where an organization's proxy is known. */
function usualAuthorities(): readonly string[] {
  const { getCACertificates } = tls as Stores;
  known ??= [
    ...new Set(
      getCACertificates === undefined
        ? tls.rootCertificates
        : [...getCACertificates("default"), ...getCACertificates("system")],
    ),
  ];
  return known;
}

/**
 * What trusts the usual certificate authorities and those of `file`. Made once for all connections: each would take 25 ms for
 * it. Problem: azure/invalid-cloud.
 */
export function createTrust(file: string | undefined): Result<tls.SecureContext> {
  const own = file === undefined ? [] : readCertificates(file);
  if (file !== undefined && own.length === 0) return failure("azure/invalid-cloud:certificates", { file });
  return success(tls.createSecureContext({ ca: [...usualAuthorities(), ...own] }));
}

/** Empty when one of them cannot be read, too. */
function readCertificates(file: string): readonly string[] {
  try {
    const blocks = fs.readFileSync(file, "utf8").match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    return (blocks ?? []).map((block) => new X509Certificate(block).toString());
  } catch {
    return [];
  }
}
