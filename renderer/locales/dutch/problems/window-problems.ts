import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { windowProblems as english } from "../../../../electron/contract/words/english/window-problems.ts";

export const windowProblems: SameKinds<typeof english> = {
  "usage/invalid:call": ({ call }) => [`Het venster vroeg om ${call} op een manier die niet bekend is.`],
  "engine/bug:call": ({ call, reason }) => [
    `Er ging iets mis in Batchdeck zelf (${call}: ${reason}).`,
    "Probeer het opnieuw.",
  ],
  "input/not-found:chosen": ({ name }) => [
    `${name} is geen map of bestand dat kan worden gelezen.`,
    "Kies iets anders.",
  ],
  "input/not-found:not-chosen": () => [
    "Die map of dat bestand is niet aan dit venster gegeven.",
    "Kies de map of het bestand opnieuw.",
  ],
  "input/not-found:dropped": () => [
    "Wat is gesleept is geen map of bestand van deze computer.",
    "Kies de map of het bestand in plaats daarvan.",
  ],
  "input/not-found:sample": ({ endpoint }) => [`Het eindpunt ${endpoint} heeft geen voorbeeld.`],
};
