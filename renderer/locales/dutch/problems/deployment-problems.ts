import { someNames } from "../../../../electron/contract/words/name-list.ts";
import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { deploymentProblems as english } from "../../../../electron/contract/words/english/deployment-problems.ts";
import type { SchemaReason } from "../../../../electron/contract/words/english/parts/file-words.ts";
import { factWords, type Speaker, type WrittenWords } from "../../../../electron/contract/words/speaker.ts";
import { azureScriptRefusals } from "../parts/azure-script-words.ts";
import { adviceText, placeText, schemaReasons } from "../parts/file-words.ts";

const variableFaults = {
  name: "de naam bestaat niet uit letters, cijfers en onderstrepingstekens",
  reserved:
    "die bepaalt welke programma's, bibliotheken of stuurprogramma's worden geladen, en geen bestand mag dat bepalen",
  value: "de waarde kan aan geen programma worden gegeven",
} as const;

const unknownProperty = ({ property, known }: { property: string; known: readonly string[] }): WrittenWords => [
  `De eigenschap "${property}" is niet bekend.`,
  `Bekend zijn ${someNames(known)}.`,
];

const wrongProperty = (
  { property, reason }: { property: string; reason: SchemaReason },
  speaker: Speaker,
): WrittenWords => [`De eigenschap "${property}" klopt niet: ${factWords<string>(schemaReasons, reason, speaker)}.`];

const outputFileName = ({ name }: { name: string }): WrittenWords => [
  `"${name}" kan niet de naam van het bestand met voorspellingen zijn (output_file_name).`,
  "Geef een gewone bestandsnaam, bijvoorbeeld predictions.csv.",
];

export const deploymentProblems: SameKinds<typeof english> = {
  "deployment/invalid:type": ({ file, place }) => [
    `In het bestand "${file}" klopt "type" niet${placeText(place)}: dit is model of pipeline.`,
  ],
  "deployment/invalid:misplaced-key": ({ file, key, place }) => [
    `In het bestand "${file}" staat "${key}" bovenaan${placeText(place)}.`,
    'Met "type: model" hoort dat onder "settings".',
  ],
  "deployment/invalid:settings-without-type": ({ file, place }) => [
    `Het bestand "${file}" heeft "settings"${placeText(place)} en geen "type", en zonder dat worden ze niet gebruikt.`,
    'Voeg de regel "type: model" toe.',
  ],
  "deployment/invalid:two-instance-counts": () => [
    "instance_count kan niet worden ingesteld als resources ook is gegeven.",
  ],
  "deployment/invalid:workers": ({ property, value }) => [
    `De eigenschap "${property}" klopt niet: dit moet ${value} zijn.`,
  ],
  "deployment/invalid:unknown-property": unknownProperty,
  "deployment/invalid:property": wrongProperty,
  "deployment/invalid:output-file-name": outputFileName,
  "deployment/invalid:model": ({ model, place }) => [
    `"${model}" is geen verwijzing naar een model${placeText(place)}.`,
    "Schrijf azureml:NAAM:VERSIE, azureml:NAAM@latest of model.path.",
  ],
  "deployment/invalid:script-outside": ({ script }) => [
    `Het scoring_script "${script}" staat buiten de map van de code.`,
  ],
  "deployment/invalid:no-endpoint": ({ deployment }) => [
    `De implementatie "${deployment}" noemt geen eindpunt.`,
    "Vul endpoint_name in, of geef -e.",
  ],

  "deployment/not-found": ({ deployment }) => [`Er is geen implementatie "${deployment}".`],
  "deployment/not-found:none": ({ endpoint, deployment }) => [
    `Het eindpunt "${endpoint}" heeft geen implementaties, dus ook geen "${deployment}".`,
    'Maak er een met "deployment create -f BESTAND".',
  ],
  "deployment/not-found:others": ({ endpoint, deployment, known }) => [
    `Het eindpunt "${endpoint}" heeft geen implementatie "${deployment}", wel ${someNames(known)}.`,
    "Kies een van deze.",
  ],
  "deployment/not-found:default": ({ endpoint, deployment }) => [
    `Het eindpunt "${endpoint}" heeft geen implementatie "${deployment}".`,
    `Bekijk "deployment list -e ${endpoint}".`,
  ],
  "deployment/not-found:default-of-file": ({ endpoint, deployment }) => [
    `Het eindpunt "${endpoint}" heeft geen implementatie "${deployment}" die de standaard kan zijn.`,
    'Laat defaults weg en maak dan de implementatie met "deployment create --set-default".',
  ],

  "deployment/unsupported:pipeline": ({ deployment }) => [
    `De implementatie "${deployment}" is een pijplijn, en pijplijnen worden nog niet ondersteund.`,
    'Gebruik een implementatie met "type: model".',
  ],
  "deployment/unsupported:code": ({ code }) => [
    `De code "${code}" staat niet op deze computer.`,
    "Geef een map van deze computer.",
  ],
  "deployment/unsupported:model": ({ model }) => [
    `Het model "${model}" staat in Azure of is met een adres gegeven.`,
    "Geef een bestand of map van deze computer als model.path, of een model uit deze werkruimte als azureml:NAAM:VERSIE.",
  ],
  "deployment/unsupported:model-type": ({ type }) => [
    `Modellen van het type ${type} worden nog niet ondersteund.`,
    "Geef een ONNX-model, een MLflow-map met de flavor onnx, of een scoring_script.",
  ],
  "deployment/unsupported:variable": ({ name, fault }) => [
    `Een implementatie kan de omgevingsvariabele "${name}" niet instellen: ${variableFaults[fault]}.`,
    "Laat deze weg uit environment_variables.",
  ],
  "deployment/unsupported:variables": () => [
    "De environment_variables zijn langer dan aan een proces kan worden gegeven.",
    "Houd namen en waarden samen onder 32.000 tekens.",
  ],

  "deployment/unsupported:azure-script": ({ deployment, refusal }, speaker) => {
    const [reason, remedy = ""] = factWords<WrittenWords>(azureScriptRefusals, refusal, speaker);
    return [
      `Van de implementatie "${deployment}" kan geen scoring script voor Azure worden gemaakt: ${reason}.`,
      remedy,
    ];
  },

  "usage/invalid:unknown-property": unknownProperty,
  "usage/invalid:property": wrongProperty,
  "usage/invalid:output-file-name": outputFileName,
  "usage/invalid:deployment-key": ({ key }) => [
    `--set heeft voor een implementatie geen sleutel "${key}".`,
    "Bekend zijn description, tags.NAAM, properties.NAAM, settings.…, resources.instance_count en compute; geef voor al het andere het bestand met -f.",
  ],
  "usage/invalid:setting-key": ({ key, known }) => [
    `--set heeft geen sleutel "${key}".`,
    `Bekend zijn ${someNames(known)}.`,
  ],
  "usage/invalid:setting": ({ key, value, reason, advice }, speaker) => [
    `De instelling ${key}=${value} klopt niet: ${factWords<string>(schemaReasons, reason, speaker)}.`,
    adviceText(advice),
  ],
  "usage/invalid:set-key": ({ key }) => [
    `--set heeft hier geen sleutel "${key}".`,
    "De sleutels zijn die van het YAML-bestand, met punten ertussen: settings.mini_batch_size=5",
  ],
  "usage/invalid:set-below-value": ({ key, above }) => [
    `--set ${key} kan niet: "${above}" is een enkele waarde en heeft geen sleutels.`,
    `Geef het geheel, zoals --set ${above}=WAARDE.`,
  ],
  "usage/invalid:nothing-to-trust": ({ deployment }) => [
    `De implementatie "${deployment}" voert geen script uit, dus er valt niets te vertrouwen.`,
  ],
};
