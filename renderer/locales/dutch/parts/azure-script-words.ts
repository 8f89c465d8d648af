import type { azureScriptRefusals as english } from "../../../../electron/contract/words/english/parts/azure-script-words.ts";
import type { SameFacts } from "../../../../electron/contract/words/speaker.ts";

const ownScript = "Schrijf een eigen scoring_script en noem dat in code_configuration.";
const seesAPart = "wordt in de gegevens gevonden, waarvan elke computer in Azure maar een deel ziet";

export const azureScriptRefusals: SameFacts<typeof english> = {
  kind: ({ kind }) => [
    `scripts voor Azure scoren tabellen, afbeeldingen en teksten, en deze scoort ${kind === "audio" ? "geluiden" : "arrays"}`,
    ownScript,
  ],
  "image-output": ({ output }) => [
    `de uitvoer "${output}" wordt als afbeeldingen geschreven`,
    "Laat output.images weg uit scorer.yml, of schrijf een eigen scoring_script.",
  ],
  "array-output": ({ output }) => [
    `de uitvoer "${output}" heeft te veel waarden voor kolommen`,
    "Noem andere uitvoer in output.outputs van scorer.yml, of schrijf een eigen scoring_script.",
  ],
  "open-columns": ({ input }) => [
    `welke kolommen de invoer "${input}" vullen, ${seesAPart}`,
    "Noem ze in input.columns van scorer.yml.",
  ],
  "open-vector": ({ input }) => [
    `hoe lang de lijsten zijn die de invoer "${input}" vullen, ${seesAPart}`,
    "Exporteer het model met die lengte.",
  ],
  encoding: ({ encoding }) => [
    `Python leest geen teksten in ${encoding}`,
    "Sla de bestanden op als UTF-8 en laat input.encoding weg uit scorer.yml.",
  ],
  tokenizer: ({ file, part }) => [
    `de tokenizer "${file}" gebruikt ${part}, wat scripts voor Azure niet hebben`,
    "Schrijf een eigen scoring_script dat het pakket tokenizers gebruikt.",
  ],
  "tokenizer-file": ({ file }) => [
    `de tokenizer "${file}" kan niet worden gelezen`,
    "Maak het model opnieuw van de bestanden.",
  ],
};
