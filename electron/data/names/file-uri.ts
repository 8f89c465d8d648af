import { failure, type Result, success } from "../../contract/problem.ts";
import type { FileUriFault } from "../../contract/words/english/address-problems.ts";

/**
 * The path that a `file:` URI names on that system. Of a URI with a host, a query or a fragment nobody could say what it
 * means here, and an encoded separator would make another path of it than it looks like. Problem: input/unsupported.
 */
export function fileUriPath(uri: string, platform: NodeJS.Platform): Result<string> {
  const refused = (fault: FileUriFault): Result<never> => failure("input/unsupported:file-uri", { uri, fault });
  const [, host = "", encoded] = /^file:(?:\/\/([^/]*))?(\/.*)$/is.exec(uri) ?? [];
  if (encoded === undefined) return refused("not-whole");
  if (host !== "" && host.toLowerCase() !== "localhost") {
    return failure("input/unsupported:file-uri-host", { uri, host });
  }
  if (/[?#]/.test(encoded)) return refused("query");
  const isWindows = platform === "win32";
  if (/%2f/i.test(encoded) || /%00/.test(encoded) || (isWindows && /%5c/i.test(encoded))) {
    return refused("separator");
  }
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    return refused("encoding");
  }
  if (!isWindows) return success(path);
  if (!/^\/[a-z][:|](\/|$)/i.test(path)) return refused("drive");
  return success(`${path[1]}:\\${path.slice(4).replaceAll("/", "\\")}`);
}
