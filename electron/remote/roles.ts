/** Azure's own roles, by the names that its portal shows. */
export const roles = {
  reader: "Reader",
  scientist: "AzureML Data Scientist",
  computes: "AzureML Compute Operator",
  blobReader: "Storage Blob Data Reader",
  blobContributor: "Storage Blob Data Contributor",
} as const;
