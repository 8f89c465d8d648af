import { describe, expect, it } from "vitest";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import type { Fault } from "../../azure/server.ts";
import { busy, changingAzure, modelOf, samplePlan, samplePublication } from "../../helpers/azure/changing-azure.ts";

/** What a deployment consists of is registered once, whatever goes wrong meanwhile. Over TLS on loopback. */
const { arm, make, changes, waiting, disturb, writes, sent, idOf, inAzure, stateOf, renew, forget } =
  changingAzure("azure-publishing");

describe("publishing a deployment", () => {
  it("registers what it consists of and makes it, in the shape of the published contract", async () => {
    const published = await changes().publish({ ...samplePublication, setDefault: true }, waiting());
    expect(published).toEqual({ ok: true, value: { isNew: true, isEndpointNew: false } });
    expect(inAzure("batchEndpoints/churn/deployments/green")).toMatchObject({
      location: "westeurope",
      tags: { team: "risk" },
      properties: {
        description: "Made here",
        properties: { "batchdeck.scorer": "abc" },
        model: { referenceType: "Id", assetId: idOf("models/iris/versions/1") },
        codeConfiguration: {
          codeId: expect.stringMatching(/\/codes\/batchdeck-[\da-f]{64}\/versions\/1$/),
          scoringScript: "score.py",
        },
        environmentId: expect.stringMatching(/\/environments\/batchdeck\/versions\/[\da-f]{32}$/),
        compute: idOf("computes/cpu-cluster"),
        resources: { instanceCount: 1 },
        miniBatchSize: 10,
        maxConcurrencyPerInstance: 1,
        retrySettings: { maxRetries: 3, timeout: "PT30S" },
        errorThreshold: -1,
        outputAction: "AppendRow",
        outputFileName: "predictions.csv",
        loggingLevel: "Info",
        environmentVariables: {},
        provisioningState: "Succeeded",
      },
    });
    expect(inAzure("models/iris/versions/1")?.properties["modelUri"]).toMatch(
      /^azureml:\/\/subscriptions\/.*\/datastores\/workspaceblobstore\/paths\/batchdeck\/model\/[\da-f]{64}\/net$/,
    );
    expect(inAzure("batchEndpoints/churn")?.properties["defaults"]).toEqual({ deploymentName: "green" });
    expect(sent()).toHaveLength(2);

    // The same again sends nothing but the deployment itself.
    forget();
    expect(await changes().publish(samplePublication, waiting())).toMatchObject({ ok: true, value: { isNew: false } });
    expect(sent()).toEqual([]);
    expect(writes()).toEqual(["PUT batchEndpoints/churn/deployments/green"]);
  });

  it("makes the endpoint when it may, and waits for it", async () => {
    const endpoint = { name: "rivers", description: "Levels", tags: {}, properties: {} };
    const riversPlan = { ...samplePlan, endpoint: "rivers" };
    const published = await changes().publish({ ...samplePublication, plan: riversPlan, endpoint }, waiting());
    expect(published).toMatchObject({ ok: true, value: { isEndpointNew: true } });
    expect(stateOf("batchEndpoints/rivers/deployments/green")).toBe("Succeeded");
  });

  it.each([
    ["an endpoint", { ...samplePlan, endpoint: "nowhere" }, /^There is no endpoint "nowhere"/],
    [
      "a compute",
      { ...samplePlan, compute: "local" },
      /^There is no compute "local" in the Azure workspace lab\. It has "cpu-cluster": choose with --set compute=/,
    ],
    [
      "a cluster",
      { ...samplePlan, compute: "evas-machine" },
      /is of the type computeinstance, and batch jobs need a cluster/,
    ],
    ["a model", { ...samplePlan, model: { kind: "named", reference: "azureml:net:9" } }, /^There is no model "net:9"/],
    [
      "an environment",
      { ...samplePlan, environment: { kind: "named", reference: "azureml:none@latest" } },
      /^There is no environment "none"/,
    ],
  ] as const)("without %s sends nothing", async (_what, wrong, says) => {
    const published = await changes().publish({ ...samplePublication, plan: wrong }, waiting());
    expect(published.ok || problemSentence(published.problem)).toMatch(says);
    expect([writes(), sent()]).toEqual([[], []]);
  });

  it("takes what is named in Azure as it is", async () => {
    const named = (reference: string) => ({ kind: "named", reference }) as const;
    const elsewhere = "azureml://registries/azureml/models/bert/versions/3";
    arm().put({ ...make().version("models", "net", "4", {}), id: elsewhere });
    const ofAzure = {
      ...samplePlan,
      model: named(elsewhere),
      environment: named("azureml:onnx@latest"),
      code: null,
    };
    expect((await changes().publish({ ...samplePublication, plan: ofAzure }, waiting())).ok).toBe(true);
    expect(writes()).toEqual(["PUT batchEndpoints/churn/deployments/green"]);
    expect(inAzure("batchEndpoints/churn/deployments/green")?.properties).toMatchObject({
      model: { assetId: elsewhere },
      environmentId: idOf("environments/onnx/versions/2"),
    });
  });

  it("tells a missing right with its action and role, and leaves no half of a deployment", async () => {
    arm().deny(/\/deployments\/green$/, "write");
    const published = await changes().publish(samplePublication, waiting());
    expect(published.ok || problemSentence(published.problem)).toMatch(
      /do "Microsoft\.MachineLearningServices\/workspaces\/batchEndpoints\/deployments\/write" on .*role "AzureML Data Scientist"/,
    );
    expect(inAzure("batchEndpoints/churn/deployments/green")).toBeNull();
  });

  it("whose token ends in the middle goes on where it was after signing in again", async () => {
    const refused = { status: 401, headers: { "www-authenticate": 'Bearer error="invalid_token"' }, body: "" };
    // The model is registered by then.
    disturb(...Array.from({ length: 10 }, () => "none" as const), refused);
    const ended = await changes().publish(samplePublication, waiting());
    expect(ended).toMatchObject({ ok: false, problem: { code: "azure/sign-in-needed" } });
    expect(inAzure("models/iris/versions/1")).not.toBeNull();
    expect((await changes().publish(samplePublication, waiting())).ok).toBe(true);
    expect(inAzure("models/iris/versions/2")).toBeNull();
  });
});

describe("a fault in the middle of", () => {
  const faults: readonly (readonly [string, Fault])[] = [
    ["429", busy(429)],
    ["500", busy(500)],
    ["a cut", "cut"],
    ["a lost answer", "lost-answer"],
    ["a request that arrives twice", "twice"],
  ];
  /** Of the requests of an undisturbed publication, and one more, the one that the fault meets. */
  const positions = Array.from({ length: 26 }, (_, at) => at);

  it.each(faults)("publishing, %s at any request, ends in exactly one of everything", async (_what, fault) => {
    for (const position of positions) {
      renew();
      arm().go({ looks: 1 });
      disturb(...Array.from({ length: position }, () => "none" as const), fault);
      const published = await changes().publish({ ...samplePublication, setDefault: true }, waiting());
      expect(published.ok || problemSentence(published.problem)).toBe(true);
      expect(stateOf("batchEndpoints/churn/deployments/green")).toBe("Succeeded");
      expect(inAzure("batchEndpoints/churn")?.properties["defaults"]).toEqual({ deploymentName: "green" });
      expect([inAzure("models/iris/versions/1"), inAzure("models/iris/versions/2")]).toEqual([expect.anything(), null]);
    }
  });

  it.each(faults)("deleting, %s at any request, ends in nothing left", async (_what, fault) => {
    for (const position of positions.slice(0, 4)) {
      renew();
      disturb(...Array.from({ length: position }, () => "none" as const), fault);
      expect((await changes().deleteDeployment("churn", "blue", waiting())).ok).toBe(true);
      expect(inAzure("batchEndpoints/churn/deployments/blue")).toBeNull();
      expect(inAzure("batchEndpoints/churn")).not.toBeNull();
    }
  });
});

describe("a model", () => {
  const register = (...names: readonly string[]) => changes().model(modelOf(...names), waiting());

  it("is registered once for each content, with the next number", async () => {
    expect(await register("a")).toMatchObject({ ok: true, value: { version: "1", isNew: true } });
    expect(await register("b")).toMatchObject({ ok: true, value: { version: "2", isNew: true } });
    expect(await register("a")).toMatchObject({ ok: true, value: { version: "1", isNew: false } });
    expect(sent()).toHaveLength(2);
  });

  it("takes no number that an archived version has", async () => {
    arm().put(make().version("models", "net", "7", { modelUri: "azureml://x", isArchived: true }));
    const registered = await changes().model({ ...modelOf("a"), name: "net" }, waiting());
    expect(registered).toMatchObject({ ok: true, value: { version: "8" } });
  });

  it("of two programs at once gets two numbers for two contents, and one for one", async () => {
    const both = await Promise.all([register("a"), register("b")]);
    const versions = both.map((one) => (one.ok ? one.value.version : "")).sort();
    expect(versions).toEqual(["1", "2"]);
    const same = await Promise.all([register("c"), register("c")]);
    expect(new Set(same.map((one) => (one.ok ? one.value.version : ""))).size).toBe(1);
  });

  it("is refused for a version with other content, and for a name that Azure does not have", async () => {
    const taken = await changes().model({ ...modelOf("a"), name: "net", version: "3" }, waiting());
    expect(taken.ok || problemSentence(taken.problem)).toBe(
      'The model "net" has a version 3 with other content in the Azure workspace lab. Versions never change: give another one, or none.',
    );
    expect(await changes().model({ ...modelOf("a"), name: "net.v2" }, waiting())).toMatchObject({
      ok: false,
      problem: { kind: "usage/invalid:azure-name" },
    });
    expect(sent()).toEqual([]);
  });

  it("whose registration Azure refuses is told with Azure's words", async () => {
    const refused = await changes().model({ ...modelOf("a"), version: "seven" }, waiting());
    expect(refused.ok || problemSentence(refused.problem)).toBe(
      "Azure refused the request (400 UserError): The version of a model must be a positive integer.",
    );
  });
});
