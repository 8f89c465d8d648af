import { someNames } from "../name-list.ts";
import { factWords, type Speaker, type WordTable, type WrittenWords } from "../speaker.ts";
import {
  type Advice,
  adviceText,
  type Place,
  placeText,
  type SchemaReason,
  schemaReasons,
} from "./parts/file-words.ts";
import { type AzureScriptRefusal, azureScriptRefusals } from "./parts/azure-script-words.ts";
import { settingWords } from "./parts/setting-words.ts";

const variableFaults = {
  name: "is not a name of letters, digits and underscores",
  reserved: "decides which programs, libraries or drivers are loaded, and no file may decide that",
  value: "has a value that no program can be given",
} as const;

/** Deployments: their files, what a file names that does not run here, and the keys of `--set`. */
export const deploymentProblems = {
  "deployment/invalid:type": ({ file, place }: { file: string; place: Place }) => [
    `In the file "${file}", "type" is invalid${placeText(place)}: it is model or pipeline.`,
  ],
  "deployment/invalid:misplaced-key": ({ file, key, place }: { file: string; key: string; place: Place }) => [
    `The file "${file}" has "${key}" at the top${placeText(place)}.`,
    `With "type: model" it belongs under "settings".`,
  ],
  "deployment/invalid:settings-without-type": ({ file, place }: { file: string; place: Place }) => [
    `The file "${file}" has "settings"${placeText(place)} and no "type", and without that they would not be used.`,
    'Add the line "type: model".',
  ],
  "deployment/invalid:two-instance-counts": () => ["Can't set instance_count when resources is provided."],
  "deployment/invalid:workers": ({ property, value }: { property: string; value: string }) => [
    `The property "${property}" is invalid: it must be ${value}.`,
  ],
  "deployment/invalid:unknown-property": settingWords.unknownProperty,
  "deployment/invalid:property": settingWords.property,
  "deployment/invalid:output-file-name": settingWords.outputFileName,
  "deployment/invalid:model": ({ model, place }: { model: string; place: Place }) => [
    `"${model}" does not name a model${placeText(place)}.`,
    "Write azureml:NAME:VERSION, azureml:NAME@latest, or model.path.",
  ],
  "deployment/invalid:script-outside": ({ script }: { script: string }) => [
    `The scoring_script "${script}" is outside the folder of its code.`,
  ],
  "deployment/invalid:no-endpoint": ({ deployment }: { deployment: string }) => [
    `The deployment "${deployment}" names no endpoint.`,
    "Say endpoint_name, or give -e.",
  ],

  "deployment/not-found": ({ deployment }: { deployment: string }) => [`There is no deployment "${deployment}".`],
  // Azure ML's own words first, so that scripts and searches find them.
  "deployment/not-found:none": ({ endpoint, deployment }: { endpoint: string; deployment: string }) => [
    `No deployment exists for this endpoint: ${endpoint} has no "${deployment}".`,
    `Make one with "deployment create -f FILE".`,
  ],
  "deployment/not-found:others": ({
    endpoint,
    deployment,
    known,
  }: {
    endpoint: string;
    deployment: string;
    known: readonly string[];
  }) => [
    `Deployment name ${deployment} not found for this endpoint: ${endpoint} has ${someNames(known)}.`,
    "Name one of these.",
  ],
  "deployment/not-found:default": ({ endpoint, deployment }: { endpoint: string; deployment: string }) => [
    `Deployment name ${deployment} not found for this endpoint: ${endpoint}.`,
    `See "deployment list -e ${endpoint}".`,
  ],
  "deployment/not-found:default-of-file": ({ endpoint, deployment }: { endpoint: string; deployment: string }) => [
    `The endpoint "${endpoint}" has no deployment "${deployment}" that could be its default.`,
    `Leave defaults out, then make the deployment with "deployment create --set-default".`,
  ],

  "deployment/unsupported:pipeline": ({ deployment }: { deployment: string }) => [
    `The deployment "${deployment}" is a pipeline, and pipelines are not supported yet.`,
    `Use a deployment with "type: model".`,
  ],
  "deployment/unsupported:code": ({ code }: { code: string }) => [
    `The code "${code}" is not on this machine.`,
    "Name a local folder.",
  ],
  "deployment/unsupported:model": ({ model }: { model: string }) => [
    `The model "${model}" is in Azure or named by an address.`,
    "Name a local file or folder under model.path, or a model of this workspace as azureml:NAME:VERSION.",
  ],
  "deployment/unsupported:model-type": ({ type }: { type: string }) => [
    `Models of the type ${type} are not supported yet.`,
    "Name an ONNX model, an MLflow folder with the onnx flavor, or a scoring_script.",
  ],
  "deployment/unsupported:variable": ({ name, fault }: { name: string; fault: keyof typeof variableFaults }) => [
    `A deployment cannot set the environment variable "${name}": it ${variableFaults[fault]}.`,
    "Leave it out of environment_variables.",
  ],
  "deployment/unsupported:variables": () => [
    "The environment_variables are longer than a process can be given.",
    "Keep names and values under 32,000 characters together.",
  ],

  "deployment/unsupported:azure-script": (
    { deployment, refusal }: { deployment: string; refusal: AzureScriptRefusal },
    speaker: Speaker,
  ) => {
    const [reason, remedy = ""] = factWords<WrittenWords>(azureScriptRefusals, refusal, speaker);
    return [`No scoring script for Azure can be made of the deployment "${deployment}": ${reason}.`, remedy];
  },

  "usage/invalid:unknown-property": settingWords.unknownProperty,
  "usage/invalid:property": settingWords.property,
  "usage/invalid:output-file-name": settingWords.outputFileName,
  "usage/invalid:deployment-key": ({ key }: { key: string }) => [
    `--set has no key "${key}" for a deployment.`,
    "Known: description, tags.NAME, properties.NAME, settings.…, resources.instance_count, compute; for anything else give the file with -f.",
  ],
  "usage/invalid:setting-key": ({ key, known }: { key: string; known: readonly string[] }) => [
    `--set has no key "${key}".`,
    `Known: ${someNames(known)}.`,
  ],
  "usage/invalid:setting": (
    { key, value, reason, advice }: { key: string; value: string; reason: SchemaReason; advice: Advice },
    speaker: Speaker,
  ) => [`--set ${key}=${value} is invalid: ${factWords(schemaReasons, reason, speaker)}.`, adviceText(advice)],
  "usage/invalid:set-key": ({ key }: { key: string }) => [
    `--set has no key "${key}" here.`,
    "Its keys are those of the YAML file, with dots between them: settings.mini_batch_size=5",
  ],
  "usage/invalid:set-below-value": ({ key, above }: { key: string; above: string }) => [
    `--set ${key} cannot be set: "${above}" is a single value, which holds no keys.`,
    `Give all of it, such as --set ${above}=VALUE.`,
  ],
  "usage/invalid:nothing-to-trust": ({ deployment }: { deployment: string }) => [
    `The deployment "${deployment}" runs no script, so there is nothing to trust.`,
  ],
} satisfies Partial<WordTable>;
