import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type {
  inputProblems as english,
  RefusedCell,
  UnreadableFile,
} from "../../../../electron/contract/words/english/input-problems.ts";
import { differenceOf, type LookAlike } from "../../../../electron/contract/words/look-alike.ts";
import type { NestedProblem, Speaker, WrittenWords } from "../../../../electron/contract/words/speaker.ts";
import { namesAnd, namesOr } from "../parts/common.ts";
import { itemErrorTitles } from "../item-errors.ts";

const download = "Download het en geef dan de lokale map.";

function held(cells: readonly RefusedCell[], before: string, after: string): string {
  if (cells.length === 0) return "";
  return `${before}${cells.map(({ column, value }) => `"${column}" bevat "${value}"`).join(", ")}${after}`;
}

function looksAlike(lookAlike: LookAlike | undefined): string {
  if (lookAlike === undefined) return "";
  const { kind, characters } = differenceOf(lookAlike);
  const how = {
    capitals: "verschilt in hoofdletters",
    more: `lijkt erop, maar bevat ${characters.join(", ")}`,
    fewer: `lijkt erop, maar mist ${characters.join(", ")}`,
    places: "lijkt erop, maar heeft de tekens op andere plaatsen",
  };
  return `: "${lookAlike.found}" ${how[kind]}`;
}

function noReadableFile({ input, kind, how, file, code }: UnreadableFile): WrittenWords {
  const what =
    kind === "file"
      ? `"${input}" kan niet worden gescoord`
      : `Geen bestand in "${input}" kan als ${{ table: "tabel", text: "tekst", array: "reeks getallen" }[how]} worden gelezen`;
  const title = itemErrorTitles[code];
  return [`${what}; "${file}": ${title.slice(0, 1).toLowerCase()}${title.slice(1)}.`, "Kies een andere invoer."];
}

function notScored({ file, cause }: { file: string; cause: NestedProblem }, { problem }: Speaker): WrittenWords {
  const { message, remedy } = problem(cause);
  return [`"${file}" is niet gescoord: ${message}`, remedy];
}

export const inputProblems: SameKinds<typeof english> = {
  "input/not-found": ({ path }) => [`De invoer "${path}" bestaat niet.`, "Controleer het pad."],
  "input/unreadable": ({ path }) => [`De invoer "${path}" kan niet worden gelezen.`, "Controleer de rechten."],
  "input/unreadable:folder": ({ folder }) => [
    `De map "${folder}" kan niet worden gelezen.`,
    "Sta lezen toe, of kies een map zonder deze map erin.",
  ],
  "input/unreadable:disk": ({ path, errno }) => [
    `De invoer "${path}" kan niet worden gelezen (${errno}).`,
    "Controleer de schijf waar de invoer op staat.",
  ],
  "input/unreadable:right-now": ({ place, errno }) => [
    `${place} kan nu niet worden gelezen (${errno}).`,
    "De taak gaat vanzelf verder zodra dat weer kan.",
  ],
  "input/unreadable:timeout": () => [
    "De invoer gaf binnen twee minuten geen antwoord.",
    "Controleer de schijf of netwerkmap.",
  ],
  "engine/bug:preview": () => ["De invoer is niet bekeken, want er was niets gewijzigd."],
  "input/unreadable:preview-ended": () => ["De invoer kon niet worden gelezen: het proces dat dit deed is gestopt."],
  "input/unreadable:check-ended": () => [
    "De invoer kon niet opnieuw worden bekeken: het proces dat dit deed is gestopt.",
    "De taak probeert het vanzelf opnieuw.",
  ],
  "input/unreadable:hashing-ended": () => [
    "De bestanden konden niet worden gelezen: het proces dat ze las stopte.",
    "Probeer het opnieuw.",
  ],
  "input/unreadable:listing-ended": () => [
    "Het proces dat de invoer doorneemt stopte telkens weer.",
    "Zoek naar een beschadigd bestand in de invoer en hervat dan de taak.",
  ],
  "input/unsupported:not-a-folder": ({ path }) => [
    `De invoer "${path}" is geen map.`,
    "Geef de invoer op als bestand.",
  ],
  "input/unsupported:not-a-file": ({ path }) => [`De invoer "${path}" is geen bestand.`, "Geef de invoer op als map."],
  "input/unsupported:ending": ({ file, endings }) => [
    `Deze implementatie leest geen bestanden met de extensie van "${file}".`,
    `Zij leest bestanden met de extensies ${endings.join(", ")}.`,
  ],
  "input/empty": () => ["In de invoer valt niets te scoren.", "Kies een andere map of een ander bestand."],
  "input/empty:no-rows": ({ path }) => [
    `De invoer "${path}" bevat geen rijen.`,
    "Kies een invoer met ten minste één rij.",
  ],
  "input/empty:no-files": ({ folder, skipped, endings }, { number }) => [
    `De map "${folder}" bevat geen bestand dat deze implementatie leest${skipped === 0 ? "" : ` (${number(skipped)} overgeslagen)`}.`,
    endings === null
      ? ""
      : `Zij leest bestanden met de extensies ${endings.join(", ")}${endings.includes(".npy") ? ", of tabellen met een kolom met lijsten voor elke invoer" : ""}.`,
  ],
  "input/empty:no-readable-file": noReadableFile,
  "input/unreadable:no-readable-file": noReadableFile,
  "input/unreadable:encoding": ({ file, likely, text }) => [
    `De tekst van "${file}" is geen UTF-8${likely === "windows-1252" ? "" : " en waarschijnlijk ook geen Windows-1252"}${likely === null ? ", en in geen codering die herkend wordt" : `; het lijkt op ${likely}, dat "${text}" leest`}.`,
    `Noem de codering in scorer.yml, zoals: input: {encoding: ${likely ?? "windows-1252"}}, of sla het bestand op als UTF-8.`,
  ],
  "input/changed": ({ job, changed, missing, examples }, { number }) => {
    const parts = [
      ...(changed === 0
        ? []
        : [changed === 1 ? "1 bestand is gewijzigd" : `${number(changed)} bestanden zijn gewijzigd`]),
      ...(missing === 0 ? [] : [missing === 1 ? "1 bestand is weg" : `${number(missing)} bestanden zijn weg`]),
    ];
    const names = examples.map((name) => `"${name}"`).join(", ");
    const more = changed + missing > examples.length ? ", …" : "";
    return [
      `De invoer is niet meer wat de taak ${job} had gevonden: ${parts.join(" en ")} (${names}${more}).`,
      "Zet de bestanden terug en hervat de taak, of laat weg wat er nog niet van gescoord was.",
    ];
  },
  "input/changed:file": ({ file }) => [
    `"${file}" is niet meer het bestand dat was doorgenomen.`,
    "Begin opnieuw met de bestanden zoals ze nu zijn.",
  ],
  "input/changed:gone": ({ job, endpoint, missing, example }, { number }) => [
    `Van de bestanden die de taak ${job} had gescoord ${missing === 1 ? "is er 1" : `zijn er ${number(missing)}`} weg (zoals "${example}"), en de rijen ervan zouden verloren gaan.`,
    `Zet de bestanden terug, of scoor met ${endpoint} alleen nieuwe of gewijzigde bestanden.`,
  ],

  "input/wrong-columns:none": ({ file }) => [
    `"${file}" heeft geen kolommen.`,
    "JSON-regels bevatten één object per regel; een tabel begint met een kop.",
  ],
  "input/wrong-columns:no-header": ({ file }) => [
    `De eerste regel van "${file}" bevat alleen getallen en is dus geen kop.`,
    "Zet er een regel met de namen van de kolommen boven.",
  ],
  "input/wrong-columns:signature": ({ file, missing, columns, lookAlike }) => [
    `"${file}" heeft geen kolom ${namesOr(missing)}, en de signatuur van het model vraagt die${looksAlike(lookAlike)}.`,
    `De kolommen zijn ${namesAnd(columns)}.`,
  ],
  "input/wrong-columns:missing": ({ file, missing, columns, lookAlike, place }) => [
    `"${file}" heeft geen kolom ${namesOr(missing)}${looksAlike(lookAlike)}.`,
    `De kolommen zijn ${namesAnd(columns)}; noem de juiste onder ${place} in scorer.yml en werk de implementatie bij.`,
  ],
  "input/wrong-columns:repeated": ({ file, repeated }) => [
    `"${file}" heeft meer dan één kolom ${namesAnd(repeated)}, en nergens staat welke bedoeld is.`,
    "Geef elk ervan een eigen naam.",
  ],
  "input/wrong-columns:count": ({ file, input, width, isNumeric, fitting, refused, hasKept }, { number }) => {
    const columns = `${isNumeric ? "numerieke " : ""}${width === 1 ? "kolom" : "kolommen"}`;
    const found = fitting.count === 0 ? "er geen" : `er ${number(fitting.count)}: ${namesAnd(fitting)}`;
    return [
      `De invoer "${input}" van het model neemt ${width === null ? "" : `${number(width)} `}${columns}, ` +
        `en "${file}" heeft ${found}${hasKept ? ", naast die onder output.keep" : ""}${held(refused, " (", ")")}.`,
      "Noem de kolommen onder input.columns in scorer.yml en werk de implementatie bij.",
    ];
  },
  "input/wrong-columns:missing-rule": ({ file, columns, taken }) => [
    `"input.missing" in scorer.yml noemt ${namesAnd(columns)}, en geen invoer van het model leest dat uit "${file}".`,
    `Gelezen worden ${namesAnd(taken)}; verbeter scorer.yml en werk de implementatie bij.`,
  ],
  "input/wrong-columns:values": ({ file, columns, refused }) => [
    (columns.count === 1
      ? `De kolom ${namesAnd(columns)} van "${file}" bevat geen waarde die het model kan gebruiken`
      : `De kolommen ${namesAnd(columns)} van "${file}" bevatten geen waarde die het model kan gebruiken`) +
      `${held(refused, ": ", "")}.`,
    "Verbeter het bestand, of noem de juiste kolommen onder input.columns in scorer.yml.",
  ],

  "input/empty:address": ({ address }) => [`Er staat niets op "${address}".`, "Controleer het adres."],
  "input/unsupported:download-many": ({ address }) => [`"${address}" is niet één bestand.`, download],
  "input/unsupported:download-name": ({ address, name }) => [
    `"${address}" bevat de naam "${name}", die hier geen bestand kan zijn.`,
    download,
  ],
  "input/unsupported:download-case": ({ address }) => [
    `"${address}" bevat bestanden waarvan de namen alleen in hoofdletters verschillen.`,
    download,
  ],
  "input/unsupported:download-twice": ({ address, name }) => [
    `"${address}" bevat "${name}" als bestand en als map.`,
    download,
  ],
  "input/unreadable:download-short": ({ file, bytes, expected }, { number }) => [
    `Van "${file}" kwamen ${number(bytes)} van de ${number(expected)} bytes aan.`,
    "De taak probeert het vanzelf opnieuw.",
  ],

  "input/not-found:picture": ({ file }) => [
    `De afbeelding "${file}" is er niet meer.`,
    "De resultaten blijven. Zet het bestand terug om de afbeelding te zien.",
  ],
  "input/changed:picture": ({ file }) => [
    `De afbeelding "${file}" is een andere dan de afbeelding die is gescoord.`,
    "De resultaten blijven. Zet het bestand terug om de afbeelding te zien.",
  ],
  "input/unreadable:picture": ({ file, code }) => [
    `De afbeelding "${file}" kan niet worden getoond: ${itemErrorTitles[code].slice(0, 1).toLowerCase()}${itemErrorTitles[code].slice(1)}.`,
    "De resultaten blijven.",
  ],
  "input/unreadable:picture-ended": () => [
    "De afbeelding kan niet worden getoond: het proces dat haar inleest is gestopt of deed er te lang over.",
    "De resultaten blijven. Kies de rij opnieuw om het nog eens te proberen.",
  ],

  "input/unreadable:watched-files": ({ folder, files, example }, { number }) => [
    files === 1
      ? `1 bestand in ${folder} kan niet worden geopend: "${example}".`
      : `${number(files)} bestanden in ${folder} kunnen niet worden geopend, zoals "${example}".`,
    "Ze worden gescoord zodra dat kan.",
  ],
  "input/not-found:watched-folder": ({ folder }) => [
    `De bewaakte map ${folder} is er niet.`,
    "Het bewaken gaat verder zodra de map terug is.",
  ],
  "input/unreadable:watched-folder": ({ folder }) => [
    `De map ${folder} kan niet worden gelezen.`,
    "Het bewaken gaat verder zodra dat weer kan.",
  ],
  "input/empty:watched-file": notScored,
  "input/unreadable:watched-file": notScored,
  "input/unsupported:watched-file": notScored,
  "input/wrong-columns:watched-file": notScored,
};
