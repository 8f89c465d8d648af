import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { scriptProblems as english } from "../../../../electron/contract/words/english/script-problems.ts";
import { folderWords } from "../parts/folder-words.ts";

const folder = folderWords({
  of: "van de code",
  holder: "de code van een script",
  advice: "Geef alleen de map van het script als code; gegevens en modellen horen ergens anders.",
});
const keepApart = "Zet het script in een eigen map en geef die als code.";

export const scriptProblems: SameKinds<typeof english> = {
  "script/not-trusted": ({ runs }) => [
    `De implementatie "${runs.deployment}" voert het script "${runs.script}" (${
      runs.files === 1 ? "1 bestand" : `${runs.files} bestanden`
    } in ${runs.folder}) uit met ${runs.interpreter ?? "Node"}, en niemand heeft gezegd dat het te vertrouwen is.`,
    "Bekijk wat er draait en vertrouw het dan.",
  ],
  "script/not-trusted:changed": ({ deployment }) => [
    `De implementatie "${deployment}" voert iets anders uit dan wat u zag.`,
    "Bekijk het opnieuw.",
  ],
  "script/invalid:code-gone": ({ deployment }) => [
    `De code van de implementatie "${deployment}" staat niet meer in de werkruimte.`,
    "Maak de implementatie opnieuw.",
  ],
  "script/invalid:no-folder": ({ folder }) => [`Er is geen map "${folder}".`, "Geef de map van het script als code."],
  "script/invalid:holds-workspace": ({ folder }) => [`De werkruimte zelf staat in de map "${folder}".`, keepApart],
  "script/invalid:in-workspace": ({ folder }) => [`De map "${folder}" staat in de werkruimte.`, keepApart],
  "script/invalid:too-much": folder.tooMuch,
  "script/invalid:missing": folder.missing,
  "script/invalid:unreadable": folder.unreadable,
  "script/invalid:link": folder.linkOut,
  "script/invalid:folder-link": folder.folderLink,
  "script/invalid:not-a-file": folder.notAFile,
  "script/invalid:changed": folder.changed,
  "script/invalid:language": ({ script }) => [
    `Het scoring_script "${script}" is geen Python (.py), geen JavaScript (.mjs, .js) en geen scorer.yml.`,
  ],
  "script/invalid:no-script": ({ script, folder }) => [`Er is geen scorescript "${script}" in de map "${folder}".`],
  "script/invalid:syntax": ({ deployment, script, line, reason }) => [
    `De implementatie "${deployment}" kon niet worden gemaakt door syntaxisfouten in het scorescript ${script}. ` +
      `Fout op regel ${line}: ${reason}.`,
    "Verbeter het script en herhaal dan de opdracht.",
  ],
  "script/invalid:no-function": ({ script, name }) => [
    `Het scorescript "${script}" heeft geen functie ${name === "run" ? "run(mini_batch)" : "init()"}.`,
    "Een scorescript heeft init(), één keer aangeroepen per werkproces, en run(mini_batch), aangeroepen met de paden van bestanden.",
  ],
};
