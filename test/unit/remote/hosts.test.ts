import { describe, expect, it } from "vitest";
import { builtInClouds } from "../../../electron/remote/clouds.ts";
import { isAllowed, isHostPattern, isHttpsOrigin } from "../../../electron/remote/hosts.ts";

const hosts = ["management.azure.com", "*.api.azureml.ms", "*.core.windows.net", "lab.test:8443"];

describe("an address that a token may be sent to", () => {
  it.each([
    "https://management.azure.com/subscriptions?api-version=1",
    "https://management.azure.com:443/",
    // The URL parser makes one host of these, and that is where they go.
    "HTTPS://MANAGEMENT.AZURE.COM/",
    "https://ｍanagement.azure.com/",
    "https:\\\\management.azure.com\\subscriptions",
    "https://management.azure.com#@evil.test/",
    "https://westeurope.api.azureml.ms/history",
    "https://a.b.blob.core.windows.net/container",
    "https://lab.test:8443/",
  ])("%s is one of the hosts'", (address) => {
    expect(isAllowed(address, hosts)).toBe(true);
  });
});

describe("an address that looks like one", () => {
  it.each([
    // Without https.
    "http://management.azure.com/",
    "ws://management.azure.com/",
    "wss://management.azure.com/",
    "ftp://management.azure.com/",
    "file://management.azure.com/etc/passwd",
    "javascript:https://management.azure.com/",
    "data:text/html,https://management.azure.com/",
    "blob:https://management.azure.com/",
    "//management.azure.com/",
    "management.azure.com",
    "",
    "https://",
    "https:",
    // With somebody before the @.
    "https://user@management.azure.com/",
    "https://user:password@management.azure.com/",
    "https://:password@management.azure.com/",
    "https://management.azure.com@evil.test/",
    "https://management.azure.com:443@evil.test/",
    "https://management.azure.com%40evil.test/",
    "https://evil.test\\@management.azure.com/",
    "https://evil.test#@management.azure.com/",
    "https://evil.test?@management.azure.com/",
    "https://evil.test/@management.azure.com/",
    // Names that begin or end alike.
    "https://management.azure.com.evil.test/",
    "https://management.azure.comevil.test/",
    "https://management.azure.com-evil.test/",
    "https://evilmanagement.azure.com/",
    "https://x.management.azure.com/",
    "https://management-azure.com/",
    "https://managementXazure.com/",
    "https://management.azure.co/",
    "https://azure.com/",
    "https://api.azureml.ms/",
    "https://.api.azureml.ms/",
    "https://evilapi.azureml.ms/",
    "https://x.api.azureml.ms.evil.test/",
    "https://core.windows.net/",
    "https://evilcore.windows.net/",
    "https://x.core.windows.net.evil.test/",
    "https://x.core.windows.net@evil.test/",
    "https://*.core.windows.net.evil.test/",
    // With a dot at the end: another name to a certificate, a proxy and a cookie.
    "https://management.azure.com./",
    "https://management.azure.com../",
    "https://x.core.windows.net./",
    "https://management..azure.com/",
    // Letters that only look alike.
    "https://mаnagement.azure.com/",
    "https://management.аzure.com/",
    "https://xn--mnagement-1nf.azure.com/",
    "https://management.azurе.com/",
    "https://x.core.wіndows.net/",
    "https://management。azure。com.evil.test/",
    "https://management.azure.com／.evil.test/",
    // Other ports.
    "https://management.azure.com:444/",
    "https://management.azure.com:80/",
    "https://management.azure.com:8443/",
    "https://lab.test/",
    "https://lab.test:443/",
    "https://lab.test:18443/",
    "https://lab.test:84430/",
    // Numbers, however they are written.
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::1]:443/management.azure.com",
    "https://169.254.169.254/metadata/identity/oauth2/token",
    "https://localhost/",
    // What the URL parser takes away or refuses.
    "https://evil.test/\nhttps://management.azure.com/",
    "https://evil\t.test/management.azure.com",
    "https://management.azure.com%00.evil.test/",
    "https://management.azure.com%2eevil.test/",
    "https://evil.test%23.management.azure.com/",
    "https:management.azure.com.evil.test",
    "https:///evil.test/management.azure.com",
  ])("%j is refused", (address) => {
    expect(isAllowed(address, hosts)).toBe(false);
  });
});

describe("a host of a cloud file", () => {
  it.each([
    "lab.test",
    "lab.test:8443",
    "*.blob.lab.test",
    "*.blob.lab.test:10000",
    "localhost:1",
    "*.localhost:1",
    "10.0.0.4",
  ])("may be %s", (pattern) => expect(isHostPattern(pattern)).toBe(true));
  it.each([
    "",
    "*",
    "*.com",
    "*.com:443",
    "https://lab.test",
    "lab.test/",
    "LAB.test",
    "a.*.test",
    "lab.test.",
    "a b",
    "lab.test:0",
    "lab.test:123456",
    "[::1]",
    "user@lab.test",
  ])("may not be %j", (pattern) => expect(isHostPattern(pattern)).toBe(false));
});

it("the addresses of Microsoft's clouds are places of https that their own lists hold", () => {
  for (const { authority, resource_manager, hosts: own } of builtInClouds) {
    expect([isHttpsOrigin(authority), isHttpsOrigin(resource_manager)]).toEqual([true, true]);
    expect(isAllowed(resource_manager, own)).toBe(true);
    expect(isAllowed(authority, own)).toBe(false);
    expect(own.every(isHostPattern)).toBe(true);
  }
});
