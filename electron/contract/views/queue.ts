/** Where a job is put among the unfinished jobs of its priority. */
export type QueuePlace =
  | { readonly kind: "first" }
  | { readonly kind: "last" }
  | { readonly kind: "before"; readonly job: string };
