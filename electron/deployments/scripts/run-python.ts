import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import * as z from "zod";
import { childEnvironment } from "../../compute/child-environment.ts";
import { systemErrno } from "../../contract/errno.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { PythonFault } from "../../contract/words/english/environment-problems.ts";

const timeLimitMs = 20_000;
const maxOutput = 64 * 1024;

/** The version of a Python, such as 3.11.2. Problem: environment/invalid when what is there does not run as Python 3. */
export async function askPythonVersion(interpreter: string): Promise<Result<string>> {
  const said = await runPython(
    interpreter,
    "import sys; print('.'.join(str(part) for part in sys.version_info[:3]))",
    "",
  );
  const version = said.output?.trim() ?? "";
  if (/^3\.\d+\.\d+$/.test(version)) return success(version);
  const fault: PythonFault = said.fault ?? { kind: "version", params: { said: version.slice(0, 80) } };
  return failure("environment/invalid:not-python", { interpreter, fault });
}

const parseOnly = `
import ast, json, sys
try:
    tree = ast.parse(sys.stdin.buffer.read())
except SyntaxError as error:
    print(json.dumps({"line": error.lineno or 0, "reason": error.msg or ""}))
except (ValueError, RecursionError, MemoryError) as error:
    print(json.dumps({"line": 0, "reason": str(error)}))
else:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name)
    print(json.dumps({"names": sorted(name for name in names if name in ("init", "run", "*"))}))
`;

/**
 * Parses a script with the Python that will run it, without running any of it: the text goes in by stdin and becomes a
 * syntax tree. Problems: script/invalid, in Azure's words; environment/invalid when the interpreter does not run.
 */
export async function checkPythonScript(
  interpreter: string,
  script: string,
  text: string,
  deploymentName: string,
): Promise<Result<null>> {
  const said = await runPython(interpreter, parseOnly, text);
  const answer = said.output === null ? null : parsedAnswer(said.output);
  if (answer === null) {
    const fault: PythonFault = said.fault ?? { kind: "no-answer", params: {} };
    return failure("environment/invalid:script-not-read", { interpreter, script, fault });
  }
  if ("line" in answer) {
    return failure("script/invalid:syntax", { deployment: deploymentName, script, ...answer });
  }
  const missing = scriptFunctions.find((name) => !answer.names.includes(name) && !answer.names.includes("*"));
  return missing === undefined ? success(null) : missingFunction(script, missing);
}

/** A scoring script has both functions of Azure's contract. */
export const scriptFunctions = ["init", "run"] as const;

export function missingFunction(script: string, name: (typeof scriptFunctions)[number]): Result<never> {
  return failure("script/invalid:no-function", { script, name });
}

const parseAnswerSchema = z.union([
  z.strictObject({ line: z.number(), reason: z.string() }),
  z.strictObject({ names: z.array(z.string()) }),
]);

function parsedAnswer(output: string): z.infer<typeof parseAnswerSchema> | null {
  try {
    return parseAnswerSchema.parse(JSON.parse(output));
  } catch {
    return null;
  }
}

type Said = { readonly output: string; readonly fault: null } | { readonly output: null; readonly fault: PythonFault };

/** Runs a program of ours, isolated: nothing of the current folder, the user's packages or PYTHON… variables is loaded. */
function runPython(interpreter: string, program: string, input: string): Promise<Said> {
  return new Promise((resolve) => {
    const child = spawn(interpreter, ["-I", "-c", program], {
      cwd: tmpdir(),
      env: childEnvironment({}, "python"),
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    // `timeout` of spawn would hold this process up for as long where the program is not there.
    setTimeout(() => child.kill("SIGKILL"), timeLimitMs).unref();
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    const keep = (pieces: Buffer[]) => (piece: Buffer) => {
      if (pieces.reduce((sum, { length }) => sum + length, 0) < maxOutput) pieces.push(piece);
    };
    child.stdout.on("data", keep(output));
    child.stderr.on("data", keep(complaints));
    // It may end before it has read what it is told.
    child.stdin.on("error", () => undefined);
    const failed = (fault: PythonFault): void => resolve({ output: null, fault });
    child.on("error", (error) => failed({ kind: "system", params: { reason: systemErrno(error) ?? error.message } }));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve({ output: Buffer.concat(output).toString("utf8"), fault: null });
      const lastLine = Buffer.concat(complaints).toString("utf8").trim().split("\n").at(-1)?.slice(0, 200) ?? "";
      const line = lastLine.replace(/\.$/, "");
      if (signal !== null) failed({ kind: "signal", params: { signal, line } });
      else failed({ kind: "exit", params: { code: code ?? -1, line } });
    });
    child.stdin.end(input);
  });
}
