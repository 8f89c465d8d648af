import { describe, expect, it } from "vitest";
import { builtInClouds } from "../../../electron/remote/clouds.ts";
import { blobsAt, workspaceIn } from "../../../electron/remote/inputs/blob-address.ts";
import { isPublicAddress, isWebAddress } from "../../../electron/remote/network/public-addresses.ts";

/** Which URLs an input may have, by the URL alone; what its name leads to is looked at when it is connected to. */
describe("the URL of an input", () => {
  it.each([
    "https://example.org/rows.csv",
    "https://example.org:8443/rows.csv?a=b",
    "HTTPS://EXAMPLE.ORG/",
    "https://8.8.8.8/rows.csv",
    "https://[2606:4700::1111]/rows.csv",
    "https://xn--bcher-kva.example/rows.csv",
    "https://localhost.example.org/",
    "https://10.0.0.1.example.org/",
  ])("may be %s", (address) => {
    expect(isWebAddress(address)).toBe(true);
  });

  it.each([
    // Without https, or no URL at all.
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "file://example.org/etc/passwd",
    "javascript:alert(1)",
    "data:text/csv,a",
    "ws://example.org/",
    "gopher://example.org/",
    "//example.org/",
    "example.org/rows.csv",
    "https://",
    "https:///",
    "",
    // With somebody before the @.
    "https://user@example.org/",
    "https://user:password@example.org/",
    "https://example.org@10.0.0.1/",
    "https://example.org%40127.0.0.1/",
    // This computer.
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://x.localhost/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1./",
    "https://①②⑦.⓪.⓪.①/",
    "https://0/",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    // Networks.
    "https://10.0.0.1/",
    "https://10.255.255.255:8443/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fd12:3456::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:a00:1::1]/",
    "https://[2001:0:a00:1::]/",
    "https://[ff02::1]/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://198.18.0.1/",
    "https://192.0.2.1/",
    "https://[2001:db8::1]/",
    // Names that only mean something in a network.
    "https://router/",
    "https://nas.local/",
    "https://intranet.corp/",
    "https://db.internal/",
    "https://metadata.google.internal/",
    "https://printer.lan/",
    "https://x.home.arpa/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://.example.org/",
    "https://example..org/",
    "https://example.org./",
  ])("may not be %j", (address) => {
    expect(isWebAddress(address)).toBe(false);
  });

  it.each(["8.8.8.8", "172.32.0.1", "172.15.255.255", "100.128.0.1", "223.255.255.255", "2606:4700::1111"])(
    "may lead to %s",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
  it.each(["no address", "", "127.0.0.1", "::1", "::ffff:8.8.8.8", "fe80::1%eth0"])("may not lead to %j", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("the address of blobs", () => {
  const hosts = builtInClouds[0]?.hosts ?? [];
  const place = { protocol: "https", accountName: "lab", endpoint: "core.windows.net", containerName: "data" };

  it.each([
    ["https://lab.blob.core.windows.net/data/in/rows.csv", "in/rows.csv"],
    ["https://lab.blob.core.windows.net/data/in/", "in"],
    ["https://lab.blob.core.windows.net/data", ""],
    ["https://lab.blob.core.windows.net/data/a%20b/%C3%A9.csv", "a b/é.csv"],
    ["abfss://data@lab.dfs.core.windows.net/in/rows.csv", "in/rows.csv"],
    ["wasbs://data@lab.blob.core.windows.net/in", "in"],
  ])("is read: %s", (address, prefix) => {
    expect(blobsAt(address, hosts)).toEqual({ place, prefix });
  });

  it.each([
    "http://lab.blob.core.windows.net/data/x",
    "https://lab.blob.core.windows.net.evil.test/data/x",
    "https://lab.blob.core.windows.net@evil.test/data/x",
    "https://user@lab.blob.core.windows.net/data/x",
    "https://lab.blob.core.windows.net:8443/data/x",
    "https://lab.blob.evil.test/data/x",
    "https://lab.file.core.windows.net/data/x",
    "https://blob.core.windows.net/data/x",
    "https://lab.blob.core.windows.net/",
    "https://lab.blob.core.windows.net/data/%",
    "abfss://data@lab.dfs.evil.test/x",
    "abfss://data@lab.dfs.core.windows.net@evil.test/x",
    "abfs://data@lab.dfs.core.windows.net/x",
  ])("is none of the cloud's: %s", (address) => {
    expect(blobsAt(address, hosts)).toBeNull();
  });
});

it("an address of Azure names its workspace, whatever the capitals", () => {
  const named = { subscription: "s", resource_group: "g", workspace: "w" };
  expect(workspaceIn("subscriptions/s/resourcegroups/g/workspaces/w")).toEqual(named);
  expect(
    workspaceIn("subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"),
  ).toEqual(named);
  expect(workspaceIn("registries/azureml")).toBeNull();
  expect(workspaceIn(null)).toBeNull();
});
