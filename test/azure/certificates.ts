import { generateKeyPairSync } from "node:crypto";
import forge from "node-forge";

/** A certificate and its key, both PEM. */
export type Certificate = { readonly certificate: string; readonly key: string };

const day = 24 * 60 * 60_000;

/** Who vouches for the servers of a test; made anew each time, trusted by nobody who is not told to. */
export type CertificateAuthority = {
  /** PEM: what a cloud names as its `ca_file`. */
  readonly certificate: string;
  /** For a server of these names; `*.suffix` is one label. `expired`: its last day was yesterday. */
  readonly issue: (names: readonly string[], state?: "valid" | "expired") => Certificate;
};

export function makeAuthority(): CertificateAuthority {
  const own = keyPair();
  const root = forge.pki.createCertificate();
  const subject = [{ name: "commonName", value: "Batchdeck tests" }];
  describe(root, own.publicKey, "01", subject, subject, [-day, 30 * day]);
  root.setExtensions([
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
  ]);
  root.sign(own.privateKey, forge.md.sha256.create());
  let serial = 1;
  return {
    certificate: forge.pki.certificateToPem(root),
    issue(names, state = "valid") {
      const keys = keyPair();
      const leaf = forge.pki.createCertificate();
      serial += 1;
      const dates = state === "valid" ? ([-day, 30 * day] as const) : ([-30 * day, -day] as const);
      const name = [{ name: "commonName", value: names[0] ?? "" }];
      describe(leaf, keys.publicKey, serial.toString(16).padStart(2, "0"), name, subject, dates);
      leaf.setExtensions([
        { name: "basicConstraints", cA: false },
        { name: "extKeyUsage", serverAuth: true },
        { name: "subjectAltName", altNames: names.map((value) => ({ type: 2, value })) },
      ]);
      leaf.sign(own.privateKey, forge.md.sha256.create());
      return { certificate: forge.pki.certificateToPem(leaf), key: keys.pem };
    },
  };
}

/** What a service principal proves itself with: it vouches for itself. */
export function makeSelfSigned(name: string): Certificate {
  const keys = keyPair();
  const certificate = forge.pki.createCertificate();
  const subject = [{ name: "commonName", value: name }];
  describe(certificate, keys.publicKey, "01", subject, subject, [-day, 30 * day]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), key: keys.pem };
}

/** Node makes the keys, which takes it a tenth of the time. */
function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return {
    pem: privateKey,
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    publicKey: forge.pki.publicKeyFromPem(publicKey),
  };
}

function describe(
  certificate: forge.pki.Certificate,
  publicKey: forge.pki.PublicKey,
  serial: string,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  [from, to]: readonly [number, number],
): void {
  certificate.publicKey = publicKey;
  certificate.serialNumber = serial;
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.validity.notBefore = new Date(Date.now() + from);
  certificate.validity.notAfter = new Date(Date.now() + to);
}
