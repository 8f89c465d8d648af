import type { signInRefusals as english } from "../../../../electron/contract/words/english/parts/sign-in-words.ts";
import type { SameFacts } from "../../../../electron/contract/words/speaker.ts";

export const signInRefusals: SameFacts<typeof english> = {
  expired: () => ["De aanmelding is verlopen."],
  unused: () => ["De aanmelding is te lang niet gebruikt."],
  "session-ended": () => ["De sessie in de browser is beëindigd."],
  revoked: () => ["De aanmelding is ingetrokken, zoals na een wijziging van het wachtwoord."],
  "password-expired": () => ["Het wachtwoord is verlopen.", "Kies een nieuw wachtwoord in de browser."],
  "second-factor": () => ["De organisatie vraagt om meervoudige verificatie."],
  "stronger-proof": () => ["Azure vraagt om een sterker bewijs van wie zich aanmeldt."],
  "conditional-access": () => [
    "Beleid voor voorwaardelijke toegang van de organisatie staat dit vanaf hier niet toe.",
    "Gebruik een computer en netwerk die zijn toegestaan, of vraag een beheerder.",
  ],
  device: () => [
    "De organisatie staat dit alleen toe vanaf een beheerd apparaat.",
    "Gebruik een beheerde computer, of vraag een beheerder.",
  ],
  consent: () => [
    "De organisatie heeft deze toepassing geen toestemming gegeven.",
    "Vraag een beheerder van de tenant om toestemming.",
  ],
  declined: () => ["Het is in de browser geweigerd."],
  "code-expired": () => ["De code is niet op tijd ingevoerd."],
  abandoned: ({ minutes }) => [`Niemand heeft het binnen ${minutes} minuten afgemaakt.`],
  "wrong-secret": () => [
    "Het clientgeheim is onjuist.",
    "Zet in AZURE_CLIENT_SECRET de waarde van het geheim, niet de id ervan.",
  ],
  "expired-secret": () => ["Het clientgeheim is verlopen.", "Maak een nieuw geheim in Microsoft Entra."],
  "unknown-certificate": () => [
    "Het certificaat is niet geregistreerd voor deze toepassing, of het is verlopen.",
    "Voeg het toe aan de toepassing in Microsoft Entra.",
  ],
  "unknown-application": () => ["De tenant kent deze toepassing niet.", "Controleer de toepassings-id en de tenant."],
  "unknown-tenant": () => ["Deze tenant bestaat niet.", "Controleer de tenant en de cloud."],
  "unknown-user": () => ["De tenant kent deze gebruiker niet.", "Noem de tenant van de gebruiker."],
  "disabled-user": () => ["Het account is uitgeschakeld of vergrendeld.", "Vraag een beheerder."],
  "not-assigned": () => ["De gebruiker heeft geen toegang tot deze toepassing.", "Vraag een beheerder om toegang."],
  "wrong-password": () => ["De gebruikersnaam of het wachtwoord is onjuist."],
  "unknown-resource": () => [
    "De tenant gebruikt Azure Machine Learning niet, of niet in deze cloud.",
    "Noem de tenant van het abonnement.",
  ],
  "no-identity": () => [
    "Deze computer heeft zo'n beheerde identiteit niet.",
    "Gebruik een beheerde identiteit op een virtuele machine of service van Azure.",
  ],
  "no-tokens": () => ["De tokens ervan worden niet bewaard op deze computer."],
  "unreadable-tokens": () => ["De tokens ervan zijn niet leesbaar met de sleutel in de sleutelring van het systeem."],
  other: ({ text }) => [`Microsoft Entra meldt: ${text}.`],
};
