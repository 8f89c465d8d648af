import type { AzureEstimateSentences } from "../../../electron/contract/sentences/azure-estimate-sentences.ts";

export const dutchAzureEstimateSentences: AzureEstimateSentences = {
  basis: {
    run: {
      "from-jobs": ({ jobs }) => `volgens ${jobs} eerdere ${jobs === 1 ? "taak" : "taken"} in Azure`,
      "no-earlier": () => "niet bekend (geen eerdere taak van deze implementatie in Azure)",
      "much-smaller": () => "niet bekend (de eerdere taken in Azure waren veel kleiner)",
      "unknown-size": () => "niet bekend (de invoer ligt in Azure en de grootte is hier niet bekend)",
    },
    upload: {
      "from-jobs": ({ jobs }) => `volgens ${jobs} eerdere ${jobs === 1 ? "upload" : "uploads"}`,
      "no-earlier": () => "tijd niet bekend (geen eerdere upload)",
      "much-smaller": () => "tijd niet bekend (de eerdere uploads waren veel kleiner)",
      "unknown-size": () => "tijd niet bekend",
    },
  },
  missingRight: ({ on, name, role }) =>
    on === "workspace"
      ? `Uw account mag geen taken starten in de Azure ML-werkruimte ${name}. Vraag de eigenaar om de rol “${role}” daarop.`
      : `Uw account mag ${role.endsWith("Reader") ? "niet lezen uit" : "geen bestanden sturen naar"} het opslagaccount ${name}. ` +
        `Vraag de eigenaar om de rol “${role}” daarop.`,
};
