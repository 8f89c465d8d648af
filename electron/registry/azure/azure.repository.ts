import * as z from "zod";
import { storedRow } from "../rows/damage.ts";
import { jsonColumn, timestamp } from "../rows/json-column.ts";
import type { SqliteDatabase } from "../open-database.ts";

const workspaceSchema = z.strictObject({
  cloud: z.string(),
  subscription: z.string(),
  resource_group: z.string(),
  workspace: z.string(),
});
/** The workspace that `workspace use` chose, and the cloud that it is in. */
export type ChosenWorkspace = Readonly<z.infer<typeof workspaceSchema>>;

const answerSchema = z
  .strictObject({ answer: jsonColumn(z.json()), seen_at: z.string() })
  .transform(({ answer, seen_at }) => ({ answer, seenAt: seen_at }));

/** `account`: who saw it, so that nobody is shown what another saw. `address`: what was asked. */
export type AnswerKey = { readonly account: string; readonly address: string };

export type AzureRepository = {
  readonly choose: (workspace: ChosenWorkspace) => void;
  /** Null: none is. */
  readonly chosen: () => ChosenWorkspace | null;
  /** Forgets the chosen workspace, and every answer that was kept. */
  readonly forget: () => void;
  /** Forgets what that account saw. */
  readonly forgetAnswers: (account: string) => void;
  /** Forgets what that account saw at addresses that begin so, in any case of letters. */
  readonly forgetAnswersBelow: (key: AnswerKey) => void;
  /** Keeps it in place of the one before. The ones that were seen longest ago go, so that there are never many. */
  readonly keepAnswer: (key: AnswerKey, answer: unknown) => void;
  /** Null: there is none, or it is not readable any more. */
  readonly answer: (key: AnswerKey) => { readonly answer: unknown; readonly seenAt: string } | null;
};

const mostAnswers = 200;

export function azureRepository(database: SqliteDatabase): AzureRepository {
  const choose = database.prepare(`
    INSERT INTO azure_workspace (one, cloud, subscription, resource_group, workspace)
    VALUES (1, @cloud, @subscription, @resource_group, @workspace)
    ON CONFLICT (one) DO UPDATE SET cloud = excluded.cloud, subscription = excluded.subscription,
      resource_group = excluded.resource_group, workspace = excluded.workspace`);
  const chosen = database.prepare("SELECT cloud, subscription, resource_group, workspace FROM azure_workspace");
  const keep = database.prepare(`
    INSERT INTO azure_answers (account, address, answer, seen_at) VALUES (@account, @address, @answer, @now)
    ON CONFLICT (account, address) DO UPDATE SET answer = excluded.answer, seen_at = excluded.seen_at`);
  const removeOldest = database.prepare(`
    DELETE FROM azure_answers
    WHERE rowid IN (SELECT rowid FROM azure_answers ORDER BY seen_at DESC LIMIT -1 OFFSET ${mostAnswers})`);
  const forgetAnswers = database.prepare("DELETE FROM azure_answers WHERE account = ?");
  const forgetBelow = database.prepare(
    "DELETE FROM azure_answers WHERE account = @account AND lower(substr(address, 1, length(@address))) = lower(@address)",
  );
  const answer = database.prepare("SELECT answer, seen_at FROM azure_answers WHERE account = ? AND address = ?");
  return {
    choose: (workspace) => {
      choose.run(workspace);
    },
    chosen: () => storedRow(workspaceSchema, chosen.get(), "azure_workspace", "the chosen workspace"),
    forget: database.transaction(() => {
      database.exec("DELETE FROM azure_workspace; DELETE FROM azure_answers");
    }),
    forgetAnswers: (account) => {
      forgetAnswers.run(account);
    },
    forgetAnswersBelow: (key) => {
      forgetBelow.run(key);
    },
    keepAnswer: database.transaction((key: AnswerKey, value: unknown) => {
      keep.run({ ...key, answer: JSON.stringify(value), now: timestamp() });
      removeOldest.run();
    }),
    answer: ({ account, address }) => answerSchema.safeParse(answer.get(account, address)).data ?? null,
  };
}
