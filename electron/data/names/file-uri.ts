import { failure, type Result, success } from "../../contract/problem.ts";

/**
 * The path that a `file:` URI names on that system. Of a URI with a host, a query or a fragment nobody could say what it
 * means here, and an encoded separator would make another path of it than it looks like. Problem: input/unsupported.
 */
export function fileUriPath(uri: string, platform: NodeJS.Platform): Result<string> {
  const refused = (reason: string, remedy: string): Result<never> =>
    failure("input/unsupported", `"${uri}" ${reason}.`, remedy);
  const [, host = "", encoded] = /^file:(?:\/\/([^/]*))?(\/.*)$/is.exec(uri) ?? [];
  if (encoded === undefined) return refused("is not a whole file URI", "Write file:///FOLDER/FILE.");
  if (host !== "" && host.toLowerCase() !== "localhost") {
    return refused(`names the computer "${host}"`, "Give the path of the shared folder instead.");
  }
  if (/[?#]/.test(encoded)) return refused("has a ? or #", "Write them as %3F and %23 in the name of a file.");
  const isWindows = platform === "win32";
  if (/%2f/i.test(encoded) || /%00/.test(encoded) || (isWindows && /%5c/i.test(encoded))) {
    return refused("hides a separator in a name", "Write / between folders.");
  }
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    return refused("is not encoded rightly", "Write each % that belongs to a name as %25.");
  }
  if (!isWindows) return success(path);
  if (!/^\/[a-z][:|](\/|$)/i.test(path)) return refused("names no drive", "Write file:///C:/FOLDER/FILE.");
  return success(`${path[1]}:\\${path.slice(4).replaceAll("/", "\\")}`);
}
