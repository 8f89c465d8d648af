/**
 * `npm run azure:local`: a cloud on this computer to try the Azure commands and the window with, without an account. It is the
 * stand-in of the tests: Entra, Azure Resource Manager and the data plane of endpoints over TLS on loopback, Azurite, and scoring
 * scripts in Debian's Python. Everything is gone when it ends.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { missingPython } from "../electron-runtime/system-packages.ts";
import { startJobsLab } from "./jobs/sample.ts";

/** Endpoints that can be published and then run: their hosts have to be known when the cloud is made. */
const publishable = ["iris", "text-orientation", "mine"];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "batchdeck-azure-"));
// A person's browser finds the pages of this one; all other hosts are found by the cloud file alone.
const { environment, azure, close } = await startJobsLab(folder, publishable, "localhost");
const { workspace, resource_group: group, subscription } = azure.place;
const { BATCHDECK_CLOUD: cloud, ...application } = environment;
const exportsOf = (variables: Readonly<Record<string, string | undefined>>) =>
  Object.entries(variables)
    .map(([name, value]) => `export ${name}=${JSON.stringify(value)}`)
    .join("\n");

const missing = missingPython();
if (missing.length > 0) {
  console.log(`Jobs of this cloud will fail, since Debian's Python lacks packages. Install: ${missing.join(" ")}\n`);
}
console.log(`A cloud runs on this computer until Ctrl-C. In another terminal, in this folder:

${exportsOf({ BATCHDECK_CLOUD: cloud, BATCHDECK_HOME: path.join(folder, "workspace") })}
alias batchdeck="npm run -s batchdeck --"

Then sign in, as the application that the environment names (nothing is kept, and no login is needed):

${exportsOf(application)}

or as a person, where there is a keyring. The browser warns of the cloud's own certificate; go on all the same:

batchdeck login                     # or: batchdeck login --use-device-code

Then, for example:

batchdeck workspace use -w ${workspace} -g ${group} --subscription ${subscription}
batchdeck endpoint list --remote
batchdeck demo
batchdeck deployment create -n logistic-regression -e iris --remote --set compute=azureml:cpu-cluster --set-default
batchdeck invoke -n iris --input resources/samples/iris/data --remote
batchdeck job list
batchdeck job compare A B           # the names of two jobs

The window: npm start, with the same environment. Endpoints that can run: ${publishable.join(", ")} once they are published, and sums.`);

async function end(): Promise<void> {
  // What is asked for here only has to be gone; broken contracts are the tests' business.
  await close().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
  fs.rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
process.once("SIGINT", () => void end());
process.once("SIGTERM", () => void end());
