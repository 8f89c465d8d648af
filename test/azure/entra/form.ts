import { type Asked, Violation } from "../server.ts";

/** What a request says, each name once. */
export type Form = ReadonlyMap<string, string>;

export function formOf(parameters: URLSearchParams): Form {
  const form = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (form.has(name)) throw new Violation(`${name} is given twice`);
    form.set(name, value);
  }
  return form;
}

export function postedForm({ headers, body }: Asked): Form {
  const type = headers["content-type"]?.split(";")[0];
  if (type !== "application/x-www-form-urlencoded") throw new Violation(`the body is ${type}`);
  return formOf(new URLSearchParams(body));
}

export function value(form: Form, name: string): string {
  const found = form.get(name);
  if (found === undefined || found === "") throw new Violation(`${name} is missing`);
  return found;
}

export function expectValue(form: Form, name: string, wanted: string): void {
  const found = value(form, name);
  if (found !== wanted) throw new Violation(`${name} is ${found} instead of ${wanted}`);
}

/** Whatever else is said breaks the contract. */
export function expectOnly(form: Form, names: readonly string[]): void {
  // What MSAL tells Entra about itself.
  const telemetry = /^(x-client-|x-app-|x-ms-lib-|client-request-id$|client_info$|clidata$|X-AnchorMailbox$)/;
  const extra = [...form.keys()].filter((name) => !names.includes(name) && !telemetry.test(name));
  if (extra.length > 0) throw new Violation(`it says ${extra.join(", ")} too`);
}
