import type { Scorer } from "../../contract/nouns/scorer.ts";
import type { TabularScorer } from "../../contract/nouns/scorers/tabular-scorer.ts";

/** What scorers of every kind have. */
export type ScorerParts = Pick<Scorer, "outputs" | "keep" | "batch" | "fixedBatch"> &
  Pick<TabularScorer, "notANumber" | "constants" | "runsAlone">;
