import { describe, expect, test } from "vitest";
import { type DataAddress, parseDataAddress, withoutSecrets } from "../../../electron/data/names/address.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

const workspace = "subscriptions/s-1/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";
const shortWorkspace = "subscriptions/s-1/resourcegroups/g/workspaces/w";

function asset(version: string | null, elsewhere: string | null = null): DataAddress {
  return { kind: "asset", name: "rows", version, elsewhere };
}

function datastore(path: string, elsewhere: string | null = null): DataAddress {
  return { kind: "datastore", name: "store", path, elsewhere };
}

describe("names and addresses of data", () => {
  test.each<readonly [given: string, meant: DataAddress]>([
    ["azureml:rows", asset(null)],
    ["azureml:rows:3", asset("3")],
    ["azureml:rows:2026.1-b", asset("2026.1-b")],
    ["azureml:rows@latest", asset(null)],
    ["AzureML:rows@Latest", asset(null)],
    [`/${workspace}/data/rows/versions/3`, asset("3", workspace)],
    [`azureml:/${workspace}/data/rows/versions/3`, asset("3", workspace)],
    [`azureml:/${workspace}/data/rows/labels/latest`, asset(null, workspace)],
    [
      "azureml://locations/westeurope/workspaces/w/data/rows/versions/labels/latest",
      asset(null, "locations/westeurope/workspaces/w"),
    ],
    ["azureml://registries/shared/data/rows/versions/3", asset("3", "registries/shared")],
    ["azureml://datastores/store/paths/a/b c.csv", datastore("a/b c.csv")],
    ["azureml://datastores/store/paths/a/", datastore("a/")],
    ["azureml://datastores/store/paths/", datastore("")],
    ["azureml://datastores/store/paths/a%2e%2e/..b/...", datastore("a%2e%2e/..b/...")],
    [`azureml://${shortWorkspace}/datastores/store/paths/a/B`, datastore("a/B", shortWorkspace)],
    [`azureml://${workspace}/datastores/store/paths/a`, datastore("a", workspace)],
    [`/${workspace}/datastores/store/paths/a`, datastore("a", workspace)],
    [`/${shortWorkspace}/datastores/store/paths/a`, datastore("a", shortWorkspace)],
    ["azureml://jobs/j-1/outputs/score", { kind: "job-output", job: "j-1", output: "score", path: null }],
    ["azureml://jobs/j-1/outputs/score/paths/", { kind: "job-output", job: "j-1", output: "score", path: null }],
    [
      "azureml://jobs/j-1/outputs/score/paths/a/b.csv",
      { kind: "job-output", job: "j-1", output: "score", path: "a/b.csv" },
    ],
    ...[
      "https://a.blob.core.windows.net/c/p",
      "http://example.org/rows.csv",
      "abfss://c@a.dfs.core.windows.net/p",
      "wasbs://c@a.blob.core.windows.net/p",
      "adl://a.azuredatalakestore.net/p",
    ].map((address) => [address, { kind: "remote", address }] as const),
    ...[
      "rows",
      "./rows",
      "/data/rows",
      "a:b.csv",
      "rows:1",
      "rows@latest",
      "data/azureml:rows",
      "/subscriptions/x",
    ].map((path) => [path, { kind: "path", path }] as const),
    ["file:///data/a%20b%25.csv", { kind: "path", path: "/data/a b%.csv" }],
    ["file:/data/a.csv", { kind: "path", path: "/data/a.csv" }],
    ["FILE://localhost/data/a.csv", { kind: "path", path: "/data/a.csv" }],
  ])("%s is understood", (given, meant) => {
    expect(parseDataAddress(given, "linux")).toEqual({ ok: true, value: meant });
  });

  test.each([
    ["C:\\data\\rows", "C:\\data\\rows"],
    ["c:/data/rows", "c:/data/rows"],
    ["D:rows", "D:rows"],
    ["\\\\server\\share\\rows", "\\\\server\\share\\rows"],
    ["file:///C:/data/a%20b.csv", "C:\\data\\a b.csv"],
    ["file:///c|/data", "c:\\data"],
    ["file:///C:", "C:\\"],
  ])("%s is a path of Windows: its drive is never a scheme", (given, path) => {
    expect(parseDataAddress(given, "win32")).toEqual({ ok: true, value: { kind: "path", path } });
  });

  test.each([
    ["azureml://datastores/store/paths/../secret", "outside of its datastore"],
    ["azureml://datastores/store/paths/a/../../secret", "outside of its datastore"],
    ["azureml://datastores/store/paths//etc/passwd", "outside of its datastore"],
    ["azureml://datastores/store/paths/a\0b", "outside of its datastore"],
    [`/${workspace}/datastores/store/paths/..`, "outside of its datastore"],
    ["azureml://jobs/j-1/outputs/score/paths/../../x", "outside of its job's output"],
    ["azureml://datastores/store", "Invalid input path: "],
    ["azureml://datastores//paths/a", "Invalid input path: "],
    [`/${workspace}/models/rows/versions/3`, "Invalid input path: "],
    ["azureml://", "Invalid input path: "],
    ["azureml:", "is not the name of a data asset"],
    ["azureml:rows:1:2", "is not the name of a data asset"],
    ["azureml:../rows", "is not the name of a data asset"],
    ["azureml:rows@newest", "the one label here is latest"],
    ["azureml://registries/shared/data/rows/labels/newest", "the one label here is latest"],
    ["s3://bucket/rows", "is of no known kind"],
    ["file:rows.csv", "is not a whole file URI"],
    ["file://server/share/rows", 'names the computer "server"'],
    ["file:///data/a.csv?b", "has a ? or #"],
    ["file:///data/a.csv#b", "has a ? or #"],
    ["file:///data/..%2fa", "hides a separator"],
    ["file:///data/a%00b", "hides a separator"],
    ["file:///data/a%b", "is not encoded rightly"],
  ])("%s is refused: %s", (given, reason) => {
    const parsed = parseDataAddress(given, "linux");
    expect(parsed).toMatchObject({ ok: false, problem: { code: "input/unsupported" } });
    expect(parsed.ok ? "" : englishWords(parsed.problem).message).toContain(reason);
  });

  test.each([
    ["azureml://datastores/store/paths/a\\..\\..\\b", "outside of its datastore"],
    ["azureml://datastores/store/paths/C:/b", "outside of its datastore"],
    ["file:///data/rows", "names no drive"],
    ["file:///C:/a%5Cb", "hides a separator"],
  ])("%s is refused on Windows: %s", (given, reason) => {
    const parsed = parseDataAddress(given, "win32");
    expect(parsed.ok ? "" : englishWords(parsed.problem).message).toContain(reason);
  });

  test.each([
    ["https://a.blob.core.windows.net/c/p?sv=1&sig=secret", "https://a.blob.core.windows.net/c/p"],
    ["https://me:secret@example.org/p#x", "https://example.org/p"],
    ["abfss://c@a.dfs.core.windows.net/p?sig=secret", "abfss://c@a.dfs.core.windows.net/p"],
  ])("the keys in %s are not shown", (address, shown) => {
    expect(withoutSecrets(address)).toBe(shown);
  });
});
