import * as z from "zod";

/**
 * Names of endpoints and deployments, by Azure ML's rule: 3 to 32 characters, a letter first, letters, digits and
 * dashes after it, no dash at the end.
 */
export const azureNameSchema = z
  .string()
  .min(3)
  .max(32)
  .regex(/^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/);

export const azureNameRule =
  "A name has 3 to 32 letters, digits and dashes, starts with a letter and does not end with a dash.";

/** Names of models, computes and jobs: they become folder names, so they hold nothing a file system treats specially. */
export const assetNameSchema = z
  .string()
  .min(1)
  .max(120)
  .regex(/^[a-zA-Z0-9]([-_.a-zA-Z0-9]*[a-zA-Z0-9])?$/);

/**
 * Files in an output folder by which jobs know whose it is begin with this (jobs/claim/). They are nobody's input, and not
 * counted as skipped either: they come and go.
 */
export const claimPrefix = ".batchdeck-claim";

export const assetNameRule =
  "A name has 1 to 120 letters, digits, dashes, dots and underscores, and starts and ends with a letter or digit.";
