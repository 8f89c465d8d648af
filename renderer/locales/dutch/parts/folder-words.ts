import type { folderWords as english } from "../../../../electron/contract/words/english/parts/folder-words.ts";

/** `of`: whose folder it is, as "van het model". */
export function folderWords({
  of,
  holder,
  advice,
}: {
  of: string;
  holder: string;
  advice: string;
}): ReturnType<typeof english> {
  const copyInstead = "Zet het bestand zelf in de map.";
  return {
    tooMuch: ({ folder, files, bytes }) => [
      `De map "${folder}" bevat meer dan ${holder} kan bevatten: meer dan ${files} bestanden of ${sizeText(bytes)}.`,
      advice,
    ],
    missing: ({ file }) => [`Het bestand "${file}" ${of} ontbreekt.`, `Zet het in de map ${of}.`],
    unreadable: ({ file, reason }) => [
      `Het bestand "${file}" ${of} kan niet worden gelezen: ${reason}.`,
      `Zet het in de map ${of}.`,
    ],
    linkOut: ({ file }) => [
      `Het bestand "${file}" ${of} is een koppeling naar een plaats buiten de map ${of}.`,
      copyInstead,
    ],
    folderLink: ({ file }) => [`"${file}" in de map ${of} is een koppeling naar een map.`, copyInstead],
    notAFile: ({ file }) => [`"${file}" in de map ${of} is geen bestand.`, copyInstead],
    changed: ({ file }) => [
      `Het bestand "${file}" ${of} is tijdens het kopiëren door een ander vervangen.`,
      `Laat de map ${of} met rust en probeer het opnieuw.`,
    ],
  };
}

function sizeText(bytes: number): string {
  return bytes < 1024 ** 3 ? `${bytes / 1024 ** 2} MiB` : `${bytes / 1024 ** 3} GiB`;
}
