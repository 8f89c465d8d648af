/**
 * `node scripts/complete-lock.mjs`, after an `npm install` through a registry that carries the packages of some systems
 * only: npm then leaves those of the others out of package-lock.json, and `npm ci` refuses the file for it, everywhere.
 * This names them again, with the version that their dependent asks for and the system that their name tells. npm
 * fetches none of them unless it runs on that system.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const file = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));

const nameOfSystem =
  /-(?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>[a-z]+\d*[a-z]?)(-(?<abi>[a-z]+))?$/;

const added = [];
for (const dependent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(dependent.optionalDependencies ?? {})) {
    // None of these is ever installed twice, so the top folder is where it would be.
    const place = `node_modules/${name}`;
    if (lock.packages[place] !== undefined) continue;
    const { os, cpu, abi } = nameOfSystem.exec(name)?.groups ?? {};
    if (os === undefined) throw new Error(`The name of ${name} does not tell its system.`);
    lock.packages[place] = {
      version,
      cpu: [cpu],
      ...(dependent.dev ? { dev: true } : {}),
      ...(abi?.startsWith("musl") ? { libc: ["musl"] } : {}),
      optional: true,
      os: [os],
    };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`Named ${added.length} packages of other systems.\n${added.join("\n")}`);
