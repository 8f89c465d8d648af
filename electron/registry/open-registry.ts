import * as z from "zod";
import { type Result, success } from "../contract/problem.ts";
import { type AzureRepository, azureRepository } from "./azure/azure.repository.ts";
import { type AzureHistoryRepository, azureHistoryRepository } from "./azure/azure-history.repository.ts";
import { type ComputesRepository, computesRepository } from "./computes.repository.ts";
import { stored } from "./rows/damage.ts";
import { type DataAssetsRepository, dataAssetsRepository } from "./data-assets.repository.ts";
import { type DatastoresRepository, datastoresRepository } from "./datastores.repository.ts";
import { type DeploymentsRepository, deploymentsRepository } from "./deployments.repository.ts";
import { type EndpointsRepository, endpointsRepository } from "./endpoints.repository.ts";
import { type EnvironmentsRepository, environmentsRepository } from "./environments.repository.ts";
import { type JobsRepository, jobsRepository } from "./jobs.repository.ts";
import { watches } from "./migrations/0050-watches.ts";
import { queueAndDevices } from "./migrations/0020-queue-and-devices.ts";
import { firstSchema } from "./migrations/0010-first-schema.ts";
import { environments } from "./migrations/0030-environments.ts";
import { data } from "./migrations/0040-data.ts";
import { speeds } from "./migrations/0070-speeds.ts";
import { facts } from "./migrations/0080-facts.ts";
import { specChecks } from "./migrations/0100-spec-checks.ts";
import { archivedJobs } from "./migrations/0110-archived-jobs.ts";
import { azure } from "./migrations/0120-azure.ts";
import { azureHistory } from "./migrations/0140-azure-history.ts";
import { type ModelsRepository, modelsRepository } from "./models.repository.ts";
import type { Migration } from "./migrations.ts";
import {
  damaged,
  dataVersion,
  inDurableTransaction,
  isWrongSchema,
  type OpenOptions,
  openDatabase,
  type SqliteDatabase,
  withPatience,
} from "./open-database.ts";
import { type QueueRepository, queueRepository } from "./queue.repository.ts";
import { type SpeedsRepository, speedsRepository } from "./speeds.repository.ts";
import { type TuningsRepository, tuningsRepository } from "./tunings.repository.ts";
import { type WaitersRepository, waitersRepository } from "./waiters.repository.ts";
import { type WatchesRepository, watchesRepository } from "./watches.repository.ts";

/** Every step of the registry's schema, oldest first. */
const registryMigrations: readonly Migration[] = [
  firstSchema,
  queueAndDevices,
  environments,
  data,
  watches,
  speeds,
  facts,
  specChecks,
  archivedJobs,
  azure,
  azureHistory,
];

export type Registry = {
  readonly endpoints: EndpointsRepository;
  readonly deployments: DeploymentsRepository;
  readonly models: ModelsRepository;
  readonly environments: EnvironmentsRepository;
  readonly computes: ComputesRepository;
  readonly datastores: DatastoresRepository;
  readonly dataAssets: DataAssetsRepository;
  readonly jobs: JobsRepository;
  readonly queue: QueueRepository;
  readonly tunings: TuningsRepository;
  readonly speeds: SpeedsRepository;
  readonly waiters: WaitersRepository;
  readonly watches: WatchesRepository;
  readonly azure: AzureRepository;
  readonly azureHistory: AzureHistoryRepository;
  /** A number that no engine of this workspace has had before. */
  readonly nextEpoch: () => number;
  /** Changes whenever another process has written to the registry. */
  readonly dataVersion: () => number;
  /** Does work that is tried again soon, and so waits only for a moment when another program holds the registry. */
  readonly hastily: <Value>(work: () => Value) => Value;
  /** Everything that `work` writes happens, or nothing does. */
  readonly transaction: <Value>(work: () => Value) => Value;
  readonly close: () => void;
};

/** Less than a frame of a window, and longer than other programs of ours take as a rule. */
const hastyMs = 15;

/** Opens (or makes) `registry.db`. Problems as `openDatabase`. */
export function openRegistry(file: string, options: Pick<OpenOptions, "patienceMs"> = {}): Result<Registry> {
  const opened = openDatabase(file, registryMigrations, options);
  if (!opened.ok) return opened;
  try {
    return success(registryOf(opened.value));
  } catch (error) {
    opened.value.close();
    if (!isWrongSchema(error)) throw error;
    return damaged(file, (error as Error).message);
  }
}

function registryOf(database: SqliteDatabase): Registry {
  const nextEpoch = database
    .prepare("UPDATE counters SET value = value + 1 WHERE name = 'engine-epoch' RETURNING value")
    .pluck();
  return {
    endpoints: endpointsRepository(database),
    deployments: deploymentsRepository(database),
    models: modelsRepository(database),
    environments: environmentsRepository(database),
    computes: computesRepository(database),
    datastores: datastoresRepository(database),
    dataAssets: dataAssetsRepository(database),
    jobs: jobsRepository(database),
    queue: queueRepository(database),
    tunings: tuningsRepository(database),
    speeds: speedsRepository(database),
    waiters: waitersRepository(database),
    watches: watchesRepository(database),
    azure: azureRepository(database),
    azureHistory: azureHistoryRepository(database),
    // An epoch that a power cut took back would be given twice, and with it names of segments that exist.
    nextEpoch: () => inDurableTransaction(database, () => stored(z.number().int(), nextEpoch.get(), database.name)),
    dataVersion: () => dataVersion(database),
    hastily: (work) => withPatience(database, hastyMs, work),
    transaction: (work) => database.transaction(work).immediate(),
    close: () => {
      database.close();
    },
  };
}
