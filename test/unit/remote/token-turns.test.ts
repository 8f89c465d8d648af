import { expect, it } from "vitest";
import { success } from "../../../electron/contract/problem.ts";
import { builtInClouds } from "../../../electron/remote/clouds.ts";
import type { Account } from "../../../electron/remote/identity/account.ts";
import type { AccountStore } from "../../../electron/remote/identity/account-store.ts";
import { tokensOfAccount } from "../../../electron/remote/identity/token-source.ts";
import type { RemoteNetwork } from "../../../electron/remote/network/remote-network.ts";
import { pass, useFakeClock } from "../../helpers/engine/fake-clock.ts";

useFakeClock();

it("a turn that took too long writes nothing over what the next one wrote down", async () => {
  const [cloud] = builtInClouds;
  if (cloud === undefined) throw new Error("There is a cloud.");
  const account: Account = {
    id: "0",
    type: "user",
    username: "eva@lab.test",
    cloud_name: cloud.name,
    cloud: cloud.name,
    tenant_id: "t",
    home_account_id: "h",
    claims: null,
  };
  const keyring = Promise.withResolvers<void>();
  const asked: number[] = [];
  const written: number[] = [];
  const store = {
    async secretsOf() {
      const turn = asked.push(asked.length);
      if (turn === 1) await keyring.promise;
      return success({ cache: `{"Turn${turn}":{}}`, secret: null });
    },
    async update() {
      written.push(asked.length);
    },
  } as unknown as AccountStore;
  const tokens = tokensOfAccount(account, cloud, {} as RemoteNetwork, store);
  const first = tokens.token("ml");
  const second = tokens.token("ml");
  await pass(250_000, 10_000);
  expect(await first).toMatchObject({ ok: false, problem: { kind: "azure/unreachable:time" } });
  expect(await second).toMatchObject({ ok: false, problem: { kind: "azure/sign-in-needed:again" } });
  expect([asked.length, written.length]).toEqual([2, 1]);
  keyring.resolve();
  await pass(1000);
  expect(written).toHaveLength(1);
});
