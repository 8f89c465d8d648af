import type { Answer } from "../server.ts";

/** The pages of a sign-in, as plain as a person and a test can use them. */
export function page(content: string): Answer {
  const head = `<!doctype html><meta charset="utf-8"><title>Sign in to the lab</title>`;
  return {
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: `${head}<main>${content}</main>`,
  };
}

/** Sends to the program what it waits for. */
export function answerPage(username: string, to: string, said: Readonly<Record<string, string>>): string {
  const inputs = Object.entries(said).map(([name, text]) => `<input type="hidden" name="${name}" value="${text}">`);
  return `<form method="POST" action="${to}">${inputs.join("")}<button>Sign in as ${username}</button></form>`;
}

export function codePage(username: string, said: string): string {
  const decision = (name: string, text: string) => `<button name="decision" value="${name}">${text}</button>`;
  return `<p>${said}</p><form method="POST" action="/device"><input name="code" aria-label="Code" required autofocus>
${decision("accept", `Sign in as ${username}`)}${decision("decline", "Decline")}</form>`;
}
