/** Those that people read: what the script and the steps of the job printed. Others are measurements and the service's own. */
export function isShownLog(name: string): boolean {
  return /^(?:user_logs|azureml-logs|logs\/azureml|logs\/user)\/.+\.(?:txt|log)$|^logs\/[^/]+\.txt$/.test(name);
}
