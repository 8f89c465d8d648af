import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { watchProblems as english } from "../../../../electron/contract/words/english/watch-problems.ts";

export const watchProblems: SameKinds<typeof english> = {
  "watch/not-found": ({ folder }) => [`De map ${folder} wordt niet meer bewaakt.`],
  "watch/not-found:this": () => ["Deze map wordt niet meer bewaakt."],
  "watch/not-found:folder": ({ folder, endpoint }) => [
    `De map ${folder} wordt niet bewaakt${endpoint === null ? "" : ` voor het eindpunt "${endpoint}"`}.`,
    "Bekijk de bewaakte mappen.",
  ],
  "watch/not-found:removed": () => ["Het bewaken is meteen weer gestopt."],
  "watch/invalid:no-folder": ({ folder }) => [`Er is geen map ${folder}.`, "Maak de map eerst; die mag leeg zijn."],
  "watch/invalid:remote-output": ({ path }) => [`"${path}" is geen map op deze computer.`, "Geef een lokale map."],
  "watch/invalid:workspace": ({ folder }) => [
    `De map ${folder} hoort bij de werkruimte.`,
    "Bewaak een map daarbuiten.",
  ],
  "watch/invalid:in-output": ({ folder, output }) => [
    `De map ${folder} zou worden bewaakt, terwijl er uitvoer wordt geschreven naar ${output}, waar die map in ligt.`,
    "Kies een uitvoermap in de bewaakte map of ernaast.",
  ],
  "watch/invalid:watched": ({ folder, endpoint }) => [
    `De map ${folder} wordt al bewaakt voor het eindpunt "${endpoint}".`,
    "Stop eerst met het bewaken van die map.",
  ],
  "watch/invalid:taken": ({ folder }) => [`Bestanden in ${folder} waren al ingediend.`, "Ze worden opnieuw bekeken."],
  "workspace/unusable:watch": ({ home, errno }) => [
    `Naar de werkruimte ${home} kan niet worden geschreven (${errno}).`,
    "Wat is aangekomen wordt ingediend zodra dat kan.",
  ],
  "workspace/unusable:no-folder": ({ home, errno }) => [
    `De map ${home} van de werkruimte kan niet worden gemaakt (${errno ?? "reden onbekend"}).`,
    "Noem een andere map met --home.",
  ],
};
