import { request as httpRequest } from "node:http";
import { request, type RequestOptions } from "node:https";

/** What the browser got from the program it sent its answer to. */
export type Shown = { readonly status: number; readonly text: string };

/**
 * The user's browser: opens the address, and sends the form on the page to where the form says. `change` turns what the form
 * says into what is sent.
 */
export async function browse(
  address: string,
  authorities: string,
  change: (form: URLSearchParams) => void = () => {},
): Promise<Shown> {
  const page = await answerOf(request(new URL(address), onLoopback(authorities)));
  const action = /action="([^"]+)"/.exec(page.text)?.[1] ?? "";
  const form = new URLSearchParams();
  for (const [, name = "", value = ""] of page.text.matchAll(/name="([^"]+)" value="([^"]*)"/g)) form.set(name, value);
  change(form);
  return post(action, form);
}

/** A person opens the page that a program names, and enters the code that it shows. Returns what the page says then. */
export async function enterCodeOnPage(address: string, code: string, authorities: string): Promise<string> {
  const page = await answerOf(request(new URL(address), onLoopback(authorities)));
  const to = new URL(/action="([^"]+)"/.exec(page.text)?.[1] ?? "", address);
  const asked = request(to, { ...onLoopback(authorities), method: "POST", headers: formHeaders });
  const shown = await answerOf(asked, new URLSearchParams({ code, decision: "accept" }).toString());
  return /<p>([^<]*)/.exec(shown.text)?.[1] ?? "";
}

const formHeaders = { "content-type": "application/x-www-form-urlencoded" };

function onLoopback(authorities: string): RequestOptions {
  return { ca: authorities, lookup: (_host, _options, found) => found(null, [{ address: "127.0.0.1", family: 4 }]) };
}

export function post(address: string, form: URLSearchParams): Promise<Shown> {
  const { port } = new URL(address);
  // As browsers do, which find the loopback by its name.
  const to = { host: "127.0.0.1", port, path: "/", method: "POST", headers: formHeaders };
  return answerOf(httpRequest(to), form.toString());
}

function answerOf(asked: ReturnType<typeof request>, body = ""): Promise<Shown> {
  return new Promise((resolve, reject) => {
    asked.once("error", reject);
    asked.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.end(body);
  });
}
