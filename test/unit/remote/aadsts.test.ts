import { expect, it } from "vitest";
import { refusalOf } from "../../../electron/remote/identity/aadsts.ts";

const description = "AADSTS50076: Due to a configuration change. Trace ID: 1 Correlation ID: 2";

it.each([
  [{ number: 50076, words: ["interaction_required"], description }, "second-factor"],
  // As a browser brings it: without the number apart.
  [{ number: null, words: ["access_denied"], description }, "second-factor"],
  [{ number: null, words: ["access_denied"], description: "The user declined." }, "declined"],
  [{ number: null, words: ["bad_token", "invalid_grant"], description: "" }, "expired"],
  [{ number: 7000222, words: ["invalid_client"], description: "" }, "expired-secret"],
  [{ number: 90002, words: ["invalid_tenant"], description: "" }, "unknown-tenant"],
])("%j is %s", (said, kind) => {
  expect(refusalOf(said)).toEqual({ kind, params: {} });
});

it("an unknown number is told as Entra tells it, on one line, without what only its makers need", () => {
  const said = "AADSTS123: Something\u001b[31m new.\r\nTrace ID: 7\r\nCorrelation ID: 8";
  const other = (text: string) => ({ kind: "other", params: { text } });
  expect(refusalOf({ number: 123, words: ["invalid_grant"], description: said })).toEqual(
    other("AADSTS123: Something\\u{1b}[31m new"),
  );
  expect(refusalOf({ number: 123, words: ["invalid_grant"], description: "" })).toEqual(
    other("AADSTS123: invalid_grant"),
  );
  expect(refusalOf({ number: null, words: [], description: "" })).toEqual(other("no reason"));
});
