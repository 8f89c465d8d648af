/*
 * What needs Microsoft's libraries: a megabyte that work on this computer does without. It is built as a file of its own
 * (scripts/build.mjs) and loaded with `import()` by what talks to Azure.
 */
export { openAzureClient } from "./azureml/azure-client.ts";
export { filesReader } from "./files-reader.ts";
export { openSession } from "./identity/session.ts";
export { createAzureRunner } from "./runs/runner.ts";
export { signIn } from "./identity/sign-in.ts";
export { createRemoteInputs } from "./inputs/remote-inputs.ts";
export { openRemoteNetwork } from "./network/remote-network.ts";
export { openBlobStore } from "./storage/blob-store.ts";
