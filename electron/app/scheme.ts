import { randomBytes } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { protocol, type Session } from "electron";

const scheme = "app";
const host = "batchdeck";

/** Every page of ours has an address that starts with this. */
export const pageOrigin = `${scheme}://${host}/`;
export const startPage = `${pageOrigin}index.html`;

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** Before the app is ready: the scheme behaves like https, without a server. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the window's files, and only them, to pages of that session. */
export function serveScheme(session: Session, rendererFolder: string): void {
  session.protocol.handle(scheme, (request) => answer(request, rendererFolder));
}

/** The policy of every page; styles may also carry the nonce, which Fluent's style engine passes on. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

async function answer(request: Request, rendererFolder: string): Promise<Response> {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.host !== host) return refused();
  const file = await fileInside(rendererFolder, url.pathname);
  const contentType = file === null ? undefined : contentTypes[path.extname(file)];
  if (file === null || contentType === undefined) return refused();
  const nonce = randomBytes(16).toString("base64");
  const isPage = path.extname(file) === ".html";
  const body = isPage ? (await readFile(file, "utf8")).replaceAll("__CSP_NONCE__", nonce) : await readFile(file);
  return new Response(body, {
    headers: {
      "content-type": contentType,
      "content-security-policy": contentSecurityPolicy(nonce),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      // A page that was kept would carry an old nonce.
      "cache-control": "no-store",
    },
  });
}

function refused(): Response {
  return new Response("Not found", { status: 404, headers: { "content-type": "text/plain" } });
}

/** The real path of an existing file under `folder`, or null: also when a link or `..` leads out of it. */
async function fileInside(folder: string, urlPath: string): Promise<string | null> {
  try {
    const relative = decodeURIComponent(urlPath).replace(/^\/+/, "");
    if (relative.includes("\0") || relative.includes("\\")) return null;
    const root = await realpath(folder);
    const file = await realpath(path.join(root, relative));
    return file.startsWith(root + path.sep) ? file : null;
  } catch {
    return null;
  }
}
