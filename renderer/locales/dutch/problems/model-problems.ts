import { someNames } from "../../../../electron/contract/words/name-list.ts";
import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import {
  languageOf,
  type modelProblems as english,
} from "../../../../electron/contract/words/english/model-problems.ts";
import { tensorText } from "../../../../electron/contract/words/english/parts/tensor-words.ts";
import { assetNameRule } from "../parts/common.ts";
import { findingWords } from "../parts/finding-words.ts";
import { folderWords } from "../parts/folder-words.ts";

const folder = folderWords({
  of: "van het model",
  holder: "een model",
  advice: "Geef de map van het model zelf, of het .onnx-bestand.",
});
const sides = { input: "invoer", output: "uitvoer" } as const;
const halves = { inputs: "invoer", outputs: "uitvoer" } as const;
const saveAgain = "Sla het model opnieuw op met MLflow.";
const saveFitting = "Sla het model opnieuw op met MLflow, met een handtekening van wat de flavor onnx leest.";
const exportForRuntime = "Exporteer het opnieuw, voor een opset die ONNX Runtime 1.30 kent.";

export const modelProblems: SameKinds<typeof english> = {
  "model/invalid:name": ({ name }) => [`"${name}" kan niet de naam of versie van een model zijn.`, assetNameRule],
  "model/invalid:version-taken": ({ model, version }) => [
    `Het model "${model}" heeft al een versie ${version}, met een andere inhoud.`,
    "Geef een andere versie, of geen.",
  ],
  "model/invalid:missing": ({ source }) => [
    `Er is geen bestand of map "${source}".`,
    "Controleer het pad van het model.",
  ],
  "model/invalid:no-file-or-folder": ({ source }) => [`"${source}" is geen bestand en geen map.`],
  "model/invalid:not-onnx": ({ source }) => [
    `"${source}" is geen .onnx-bestand.`,
    "Geef de map of het bestand van een ONNX-model.",
  ],
  "model/invalid:no-onnx-file": ({ folder }) => [
    `De map "${folder}" bevat geen .onnx-bestand.`,
    "Geef de map of het bestand van een ONNX-model.",
  ],
  "model/invalid:several-onnx-files": ({ folder, count, names }) => [
    `De map "${folder}" bevat ${count} .onnx-bestanden (${names.join(", ")}${count > names.length ? ", …" : ""}).`,
    "Geef een van de bestanden in plaats van de map.",
  ],
  "model/invalid:too-much": folder.tooMuch,
  "model/invalid:not-mlflow": ({ source }) => [
    `"${source}" is geen MLflow-map: er staat geen bestand "MLmodel" in.`,
    "Geef de map waar dat in staat.",
  ],
  "model/invalid:holds-workspace": ({ folder }) => [
    `De werkruimte zelf staat in de map "${folder}".`,
    "Geef de map van het model zelf.",
  ],
  "model/invalid:changed-in-workspace": ({ finding }, speaker) => [
    `Het model in de werkruimte wordt geweigerd: ${findingWords(finding, speaker)[0]}`,
    "Maak de implementatie opnieuw.",
  ],

  "model/not-found": ({ model }) => [
    `Er is geen model "${model}".`,
    `Maak het met "model create -n ${model} --path PAD".`,
  ],
  "model/not-found:version": ({ model, version, known }) => [
    `Het model "${model}" heeft geen versie ${version}.`,
    `De versies zijn ${someNames(known)}.`,
  ],
  "model/in-use:deployment": ({ model, deployment, endpoint }) => [
    `Het model "${model}" wordt gebruikt door de implementatie "${deployment}" van het eindpunt "${endpoint}".`,
    "Verwijder die eerst.",
  ],
  "model/in-use:job": ({ model, job }) => [
    `Het model "${model}" wordt gebruikt door de taak "${job}", die nog niet klaar is.`,
    "Verwijder die eerst.",
  ],

  "model/unreadable:missing": folder.missing,
  "model/unreadable:system": folder.unreadable,
  "model/unreadable:disk-full": ({ source }) => [
    `Het model "${source}" kan niet worden gelezen of gekopieerd: de schijf is vol.`,
  ],
  "model/unreadable:copying": ({ source, reason }) => [
    `Het model "${source}" kan niet worden gelezen of gekopieerd: ${reason}.`,
  ],
  "model/unreadable:opening": ({ reason }) => [`Het model kan niet worden gelezen: ${reason}.`],
  "model/unreadable:not-a-file": () => ["Het model is geen bestand.", "Geef het .onnx-bestand."],
  "model/unreadable:data-file-missing": ({ file }) => [
    `Het gegevensbestand "${file}" van het model ontbreekt.`,
    "Zet het naast het model, op de plaats die het model noemt.",
  ],
  "model/unreadable:process-ended": () => ["Het model kon niet worden geopend: het proces dat het las, is gestopt."],
  "model/unreadable:timeout": ({ seconds }) => [`Het model kon niet binnen ${seconds} seconden worden geopend.`],
  "model/unreadable:runtime": ({ reason }) => [
    `ONNX Runtime kan het model niet openen: ${reason ?? "er werd geen reden gegeven"}.`,
    exportForRuntime,
  ],
  "model/unreadable:newer-opset": ({ opset }) => [
    `ONNX Runtime kan het model niet openen: het is geschreven voor opset ${opset}, die nieuwer is dan ONNX Runtime.`,
    exportForRuntime,
  ],
  "model/unreadable:locale": ({ locale }) => [
    `Het model heeft de landinstelling "${locale}" van het besturingssysteem nodig, en die is niet geïnstalleerd.`,
    `Installeer die: op Ubuntu met het pakket language-pack-${languageOf(locale)}, op Debian met het pakket locales en "localedef -i ${locale} -f UTF-8 ${locale}".`,
  ],
  "model/unreadable:number-type": ({ type }) => [
    `Het model rekent met getallen van het type ${type}, waar ONNX Runtime hier niet mee werkt.`,
    "Exporteer het in float32 of float16.",
  ],
  "model/unreadable:no-implementation": ({ operator, opset }) => [
    `ONNX Runtime heeft geen ${operator} (opset ${opset}) voor het soort getallen dat het model daar gebruikt, zoals bfloat16.`,
    "Exporteer het model in float32.",
  ],
  "model/unreadable:finding": ({ finding }, speaker) => findingWords(finding, speaker),

  "model/outside-files:link": folder.linkOut,
  "model/outside-files:folder-link": folder.folderLink,
  "model/outside-files:not-a-file": folder.notAFile,
  "model/outside-files:changed": folder.changed,
  "model/outside-files:place": ({ location }) => [
    `Het model zoekt zijn gegevens in "${location}", en dat is geen gewoon pad binnen zijn map.`,
    "Exporteer het model met de gegevens in één bestand, of ernaast.",
  ],
  "model/outside-files:itself": () => [
    "Het model noemt zichzelf als bestand van zijn gegevens.",
    "Exporteer het model opnieuw.",
  ],
  "model/outside-files:hard-link": ({ file }) => [
    `Het bestand "${file}" van het model is ook vanaf een andere plaats gekoppeld.`,
    "Zet een kopie van het bestand in de map van het model.",
  ],
  "model/outside-files:finding": ({ finding }, speaker) => findingWords(finding, speaker),

  "model/unsupported:not-a-tensor": ({ side, name }) => [
    `De ${sides[side]} "${name}" van het model is geen tensor.`,
    "Exporteer het met alleen tensors.",
  ],
  "model/unsupported:tensor-type": ({ side, name, type }) => [
    `De ${sides[side]} "${name}" van het model heeft het type ${type}, dat niet wordt ondersteund.`,
  ],
  "model/unsupported:no-input": () => ["Het model leest geen invoer."],
  "model/unsupported:no-output": () => ["Het model geeft geen uitvoer."],
  "model/unsupported:fixed-rows": ({ rows }) => [
    `De invoer van het model legt verschillende aantallen rijen vast: ${rows.join(" en ")}.`,
  ],
  "model/unsupported:dependent-items": ({ rows }) => [
    `Het model leest ${rows} items tegelijk, en wat er voor een item uitkomt hangt van de andere af.`,
    "Exporteer het met een batch van 1, of gebruik een script dat het geeft wat bij elkaar hoort.",
  ],
  "model/unsupported:fixed-lengths": ({ lengths }) => [
    `De invoer van het model legt verschillende lengtes vast: ${lengths.join(" en ")}.`,
  ],
  "model/unsupported:inputs": ({ inputs }) => [
    `De invoer van het model (${tensorText(inputs)}) bestaat niet uit kolommen van een tabel en is ook niet één afbeelding, en reeksen in bestanden bevatten geen teksten.`,
    "Noem in scorer.yml een kolom met lijsten voor elke invoer: input: {columns: {INVOER: KOLOM}}.",
  ],
  "model/unsupported:plain-files": ({ model }) => [
    `Het model "${model}" wordt als gewone bestanden voor scripts bewaard, en er is niets van geopend.`,
    "Geef een scoring_script, of een ONNX-model.",
  ],
  "model/unsupported:finding": ({ finding }, speaker) => findingWords(finding, speaker),

  "model/unreadable:mlflow-data": () => [
    'De flavor onnx in het bestand "MLmodel" noemt het bestand met gegevens niet.',
  ],
  "model/unreadable:mlflow-file-missing": ({ file }) => [
    `Het modelbestand "${file}", dat het bestand "MLmodel" noemt, ontbreekt.`,
    saveAgain,
  ],
  "model/unreadable:mlflow-columns": ({ half }) => [
    `De ${halves[half]} van de handtekening in het bestand "MLmodel" is geen lijst van kolommen.`,
    saveAgain,
  ],
  "model/unreadable:mlflow-column-twice": ({ column }) => [
    `De handtekening in het bestand "MLmodel" noemt de kolom "${column}" twee keer.`,
  ],
  "model/outside-files:mlflow": ({ location }) => [
    `Volgens het bestand "MLmodel" staat het model in "${location}", en dat is geen gewoon pad binnen de map.`,
    saveAgain,
  ],
  "model/unsupported:mlflow-flavors": ({ model, flavors }) => [
    `Het MLflow-model in "${model}" heeft ${
      flavors.length === 0 ? "geen flavors" : `de ${flavors.length === 1 ? "flavor" : "flavors"} ${someNames(flavors)}`
    }, en alleen de flavor onnx wordt zonder script gescoord: de andere zijn code die vertrouwd moet worden.`,
    "Sla het op met de flavor onnx (mlflow.onnx), of geef de implementatie een scoring_script en een omgeving.",
  ],
  "model/unsupported:mlflow-column-type": ({ column, type }) => [
    `De handtekening in het bestand "MLmodel" heeft een kolom "${column}" van het type ${type}, dat in geen tabel staat.`,
    "Scoor het model met een script.",
  ],
  "model/unsupported:mlflow-width": ({ columns, input, width }) => [
    `De MLflow-handtekening past niet bij het model: ze heeft ${columns} kolommen, en de invoer "${input}" leest er ${width ?? "geen"}.`,
    saveFitting,
  ],
  "model/unsupported:mlflow-no-column": ({ input }) => [
    `De MLflow-handtekening past niet bij het model: ze heeft geen kolom voor de invoer "${input}".`,
    saveFitting,
  ],
  "model/unsupported:mlflow-type": ({ column, columnType, input, inputType }) => [
    `De MLflow-handtekening past niet bij het model: de kolom "${column}" is daar ${columnType}, en de invoer "${input}" leest ${inputType}.`,
    saveFitting,
  ],
};
