/** The Debian packages that the Electron test runtime needs, and installing what is missing of them. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/** What must be there, and the packages that bring it: the first one that this release of Debian or Ubuntu knows. */
type Requirement = { readonly probe: string; readonly packages: readonly string[] };

const buildTools: readonly Requirement[] = [
  { probe: "python3", packages: ["python3"] },
  { probe: "make", packages: ["make"] },
  { probe: "g++", packages: ["g++"] },
];

const screen: readonly Requirement[] = [
  { probe: "xvfb-run", packages: ["xvfb"] },
  { probe: "xauth", packages: ["xauth"] },
];

const desktopLibraries: readonly Requirement[] = [
  { probe: "libgtk-3.so.0", packages: ["libgtk-3-0t64", "libgtk-3-0"] },
  { probe: "libnss3.so", packages: ["libnss3"] },
  { probe: "libasound.so.2", packages: ["libasound2t64", "libasound2"] },
  { probe: "libgbm.so.1", packages: ["libgbm1"] },
  { probe: "libXss.so.1", packages: ["libxss1"] },
  { probe: "libatk-bridge-2.0.so.0", packages: ["libatk-bridge2.0-0t64", "libatk-bridge2.0-0"] },
  { probe: "libdrm.so.2", packages: ["libdrm2"] },
  { probe: "libXtst.so.6", packages: ["libxtst6"] },
  { probe: "libnotify.so.4", packages: ["libnotify4"] },
  { probe: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", packages: ["fonts-dejavu-core"] },
];

/** A keyring of the system, as a Linux desktop has one. */
const keyring: readonly Requirement[] = [
  { probe: "dbus-run-session", packages: ["dbus"] },
  { probe: "gnome-keyring-daemon", packages: ["gnome-keyring"] },
  { probe: "libsecret-1.so.0", packages: ["libsecret-1-0"] },
];

/** What scoring scripts in Python are tried with. */
const python: readonly Requirement[] = [
  { probe: "/usr/bin/python3", packages: ["python3"] },
  { probe: "/usr/lib/python3/dist-packages/pandas", packages: ["python3-pandas"] },
  { probe: "/usr/lib/python3/dist-packages/PIL", packages: ["python3-pil"] },
];

const libraryFolders = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib"];

/**
 * Makes sure that the runtime can start, that a display can be made when there is none, and, with `buildTools`, that
 * better-sqlite3 can be compiled. Installs what is missing when the user is root on Debian or a system like it.
 * Throws one sentence with the exact command otherwise. Needs no network when nothing is missing.
 */
export function ensureSystemPackages(needs: { readonly buildTools: boolean }): void {
  const requirements = [
    ...desktopLibraries,
    ...keyring,
    ...python,
    ...(process.env["DISPLAY"] === undefined ? screen : []),
    ...(needs.buildTools ? buildTools : []),
  ];
  const missing = requirements.filter(({ probe }) => !isPresent(probe));
  if (missing.length === 0) return;

  const hasApt = existsSync("/usr/bin/apt-get");
  if (!hasApt || process.getuid?.() !== 0) {
    const names = missing.map(({ packages }) => (hasApt ? knownPackage(packages) : packages.at(-1)));
    throw new Error(
      `The desktop tests need system packages that are not installed; run: sudo apt-get update && ` +
        `sudo apt-get install -y --no-install-recommends ${names.join(" ")}`,
    );
  }
  apt(["update", "-q"]);
  apt(["install", "-y", "-q", "--no-install-recommends", ...missing.map(({ packages }) => knownPackage(packages))]);
}

/** Packages that scoring scripts in Python are tried with, and that are not installed. */
export function missingPython(): readonly string[] {
  return python.filter(({ probe }) => !isPresent(probe)).flatMap(({ packages }) => packages);
}

/** A name with a dot is a shared library, one with a leading slash a file, any other a command. */
function isPresent(probe: string): boolean {
  if (probe.startsWith("/")) return existsSync(probe);
  const folders = probe.includes(".so") ? libraryFolders : (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.some((folder) => existsSync(path.join(folder, probe)));
}

/** The 64-bit time change of 2024 renamed packages: Debian 13 and Ubuntu 24.04 know only the new names. */
function knownPackage(names: readonly string[]): string {
  const [oldest] = names.slice(-1);
  const known = names.find((name) => {
    const policy = spawnSync("apt-cache", ["policy", name], { encoding: "utf8" });
    return /Candidate: (?!\(none\))/.test(policy.stdout);
  });
  return known ?? oldest ?? "";
}

/** Runs apt-get, one at a time among our own runs, since two of them at once refuse each other. */
function apt(args: readonly string[]): void {
  const command = ["apt-get", "-o", "DPkg::Lock::Timeout=600", ...args];
  process.stderr.write(`Installing system packages: ${command.join(" ")}\n`);
  const result = spawnSync("flock", ["/tmp/batchdeck-apt.lock", ...command], {
    stdio: ["ignore", process.stderr.fd, process.stderr.fd],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (result.status !== 0) throw new Error(`System packages could not be installed; run: ${command.join(" ")}`);
}
