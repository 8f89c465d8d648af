/** Where a job's logs lie. Beside them lies what the job has made, which may be any number of files. */
export const logFolders = ["azureml-logs", "logs", "user_logs"] as const;

/** Those that people read: what the script and the steps of the job printed. Others are measurements and the service's own. */
export function isShownLog(name: string): boolean {
  return /^(?:user_logs|azureml-logs|logs\/azureml|logs\/user)\/.+\.(?:txt|log)$|^logs\/[^/]+\.txt$/.test(name);
}
