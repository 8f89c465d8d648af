import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type {
  OutputClaimFact,
  outputProblems as english,
} from "../../../../electron/contract/words/english/output-problems.ts";
import type { NestedProblem, Speaker, WrittenWords } from "../../../../electron/contract/words/speaker.ts";

const writableForms =
  "Geef een map, of azureml://datastores/NAAM/paths/PAD van een gegevensarchief van deze werkruimte.";
const folderNotShown = "Misschien is de map verplaatst, of heeft deze computer geen programma dat mappen toont.";
const otherFolder = "Kies een andere uitvoermap.";
const tryAgain = "Probeer het zo nog eens.";

function listingUnwritable({ folder, errno }: { folder: string; errno: string }): WrittenWords {
  return [
    `De lijst van bestanden van de invoer kan niet naar ${folder} worden geschreven (${errno}).`,
    "De taak gaat vanzelf verder zodra dat kan.",
  ];
}

function differencesUnwritable({ cause }: { cause: NestedProblem }, { problem }: Speaker): WrittenWords {
  return [problem(cause).message, "Noem een andere plaats met --output-path."];
}

function commandUnwritable({ cause }: { cause: NestedProblem }, { problem }: Speaker): WrittenWords {
  return [problem(cause).message, "Controleer de schijf en geef de opdracht opnieuw."];
}

function claimedBy({ job, workspace, host, folder }: OutputClaimFact): string {
  const where = host === null ? workspace : `${workspace} op ${host}`;
  return `De taak ${job} van de werkruimte ${where} is niet klaar en schrijft naar dezelfde uitvoermap: ${folder}.`;
}

export const outputProblems: SameKinds<typeof english> = {
  "output/exists": ({ path }) => [
    `Dit pad bestaat al: ${path}.`,
    "Kies een andere uitvoermap, of verplaats dat bestand.",
  ],
  "output/exists:meanwhile": ({ path }) => [`Dit pad bestaat al: ${path}.`, otherFolder],
  "output/exists:part": ({ path }) => [
    `Een taak die niet klaar is schrijft naar de uitvoermap: daarin staat ${path}.`,
    "Kies een andere uitvoermap, of verwijder dat bestand als de taak niet meer verdergaat.",
  ],
  "output/exists:job-writes": ({ job, folder }) => [
    `De taak ${job} is niet klaar en schrijft naar dezelfde uitvoermap: ${folder}.`,
    otherFolder,
  ],
  "output/exists:claimed": (claim) => [
    claimedBy(claim),
    `Kies een andere uitvoermap, of verwijder ${claim.file} als die taak niet meer verdergaat.`,
  ],
  "output/exists:claimed-meanwhile": (claim) => [
    claimedBy(claim),
    `De taak gaat vanzelf verder zodra die andere klaar is, of zodra ${claim.file} is verwijderd omdat die niet meer verdergaat.`,
  ],
  "output/exists:claim-unreadable": ({ folder, file }) => [
    `Een andere taak lijkt naar de uitvoermap ${folder} te schrijven: ${file} kan niet worden gelezen.`,
    "Verwijder dat bestand als geen taak daar schrijft, of kies een andere uitvoermap.",
  ],
  "output/exists:download": ({ path }) => [
    `${path} bestaat al, met een andere inhoud.`,
    "Kies een ander --download-path of verplaats dat bestand.",
  ],
  "output/exists:appeared": ({ path }) => [
    `${path} verscheen terwijl de taak bezig was en wordt niet vervangen.`,
    "Verplaats dat bestand; de taak gaat dan vanzelf verder.",
  ],

  "output/unwritable": ({ place, errno }) => [
    `${place} kan nu niet worden gebruikt (${errno}).`,
    "De taak gaat vanzelf verder zodra er weer geschreven kan worden.",
  ],
  "output/unwritable:download": ({ folder, errno }) => [
    `De bestanden kunnen niet naar ${folder} worden gekopieerd (${errno}).`,
    "Kies een ander --download-path.",
  ],
  "output/unwritable:listing": listingUnwritable,
  "output/unwritable:differences": differencesUnwritable,
  "output/unwritable:command": commandUnwritable,
  "output/unwritable:address": ({ cause }, { problem }) => [problem(cause).message, writableForms],
  "output/unwritable:remote": ({ address }) => [`Naar "${address}" kan niets worden geschreven.`, writableForms],
  "output/unwritable:place": ({ cause }, { problem }) => [problem(cause).message, problem(cause).remedy],
  "output/unwritable:file": ({ path }) => [`"${path}" is een bestand, geen map.`, otherFolder],
  "output/unwritable:folder": ({ path }) => [`Naar "${path}" kan niet worden geschreven.`, otherFolder],
  "output/unwritable:same-name": ({ file }) => [
    `De schijf van de uitvoermap houdt de naam van de array "${file}" voor die van een andere.`,
    "Kies een map op een schijf die hoofdletters onderscheidt, of output_format jsonl of parquet.",
  ],
  "output/unwritable:link": ({ path }) => [
    `"${path}" is een koppeling die nergens heen leidt.`,
    "Kies een andere uitvoermap, of maak de map waar de koppeling heen leidt.",
  ],
  "output/unwritable:workspace": ({ folder, workspace }) => [
    `"${folder}" hoort bij de bestanden van de werkruimte ${workspace}, die ze vervangt en verwijdert.`,
    "Kies een andere uitvoermap; in een werkruimte is alleen de map outputs voor resultaten.",
  ],
  "output/unwritable:not-chosen": () => ["Die map is niet in dit venster gekozen.", "Kies de map opnieuw."],
  "output/unwritable:not-shown": ({ folder }) => [`De map ${folder} kon niet worden geopend.`, folderNotShown],

  "output/no-space": ({ place }) => [
    `Er is geen ruimte meer om naar ${place} te schrijven.`,
    "De taak gaat vanzelf verder zodra er ruimte is.",
  ],
  "output/no-space:listing": listingUnwritable,
  "output/no-space:differences": differencesUnwritable,
  "output/no-space:command": commandUnwritable,
  "output/no-space:workspace": () => ["De schijf van de werkruimte is vol.", "Maak ruimte vrij en hervat de taak."],
  "output/no-space:estimate": ({ place, needed, free }, { number }) => {
    const megabytes = (bytes: number): string => `${number(Math.ceil(bytes / (1024 * 1024)))} MB`;
    return [
      `De uitvoer heeft ongeveer ${megabytes(needed)} nodig, en ${place} heeft ${megabytes(free)} vrij.`,
      "Maak ruimte, of kies een andere uitvoermap.",
    ];
  },
  "output/no-space:download": ({ folder, needed, free }, { number }) => [
    `De invoer neemt ${number(Math.ceil(needed / 1e6))} MB, en ${folder} heeft ${number(Math.floor(free / 1e6))} MB vrij.`,
    "De taak gaat vanzelf verder zodra er ruimte is.",
  ],

  "output/gone": ({ folder }) => [
    `De uitvoermap ${folder} is weg.`,
    "Zet de map terug, of maak hem opnieuw, leeg: de taak gaat dan vanzelf verder.",
  ],
  "output/gone:part": ({ path }) => [
    `${path} is verwijderd, vervangen of ingekort terwijl de taak het schreef.`,
    "De taak schrijft het vanzelf opnieuw.",
  ],
  "output/gone:changed": ({ job }) => [
    `De bestanden van de taak ${job} zijn weg, of zijn niet meer wat de taak schreef.`,
    "Zet ze terug, of scoor de invoer opnieuw.",
  ],
  "output/gone:moved": ({ job, folder }) => [
    `De bestanden die de taak ${job} schreef staan niet meer in ${folder}.`,
    "Zet ze terug, of scoor de invoer opnieuw.",
  ],
  "output/gone:differences": ({ folder }) => [
    `De map ${folder ?? "met de verschillen"} kon niet worden geopend.`,
    folderNotShown,
  ],

  "input/unreadable:results": ({ reason }) => [
    `De resultaten kunnen niet worden gelezen: ${/[.!?]$/.test(reason) ? reason : `${reason}.`}`,
    tryAgain,
  ],
  "input/unreadable:results-ended": () => [
    "De resultaten kunnen niet worden gelezen: het proces dat ze leest is gestopt.",
    tryAgain,
  ],
  "input/unreadable:results-timeout": () => [
    "De resultaten kunnen niet worden gelezen: de schijf gaf binnen vier minuten geen antwoord.",
    tryAgain,
  ],
  "input/unreadable:closing": () => ["De resultaten kunnen niet worden gelezen: Batchdeck wordt gesloten.", tryAgain],
};
