/**
 * Programs that check a file of deploy/ or run with it: found where they are
 * installed, and their tests skipped with a line where they are not, in CI too.
 *
 * @module
 */

import {
  findExecutable,
  skipTests,
  type Surroundings,
  SYSTEM,
} from "../executables.ts";

/** Where administrators' programs are, which not everybody has on `PATH`. */
const SYSTEM_FOLDERS = "/usr/sbin:/sbin";

/** {@linkcode SYSTEM}, with the folders of administrators' programs. */
const SURROUNDINGS: Surroundings = {
  ...SYSTEM,
  readVariable: (name) =>
    name === "PATH"
      ? `${SYSTEM.readVariable(name) ?? ""}:${SYSTEM_FOLDERS}`
      : SYSTEM.readVariable(name),
};

/** What a run of a program came to. */
export interface ToolOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that tests need. */
export interface Tool {
  /** Its file. */
  readonly path: string;
  /** Runs it to its end, with some text on stdin. */
  run(args: readonly string[], input?: string): Promise<ToolOutcome>;
}

/**
 * Registers a test that needs a program; skipped where there is none.
 *
 * @param name The test's name.
 * @param program The program's name; `<NAME>_BIN` may name its file.
 * @param run The test.
 * @param findUnfitness Says what this one lacks, if it lacks something.
 */
export async function testWithTool(
  name: string,
  program: string,
  run: (tool: Tool, test: Deno.TestContext) => Promise<void>,
  findUnfitness?: (tool: Tool) => Promise<string | undefined>,
): Promise<void> {
  const tool = findTool(program);
  const missing = "missing" in tool
    ? tool.missing
    : await findUnfitness?.(tool);
  if (missing === undefined) {
    Deno.test(name, (test) => run(tool as Tool, test));
    return;
  }
  skipTests(name, missing);
}

function findTool(program: string): Tool | { readonly missing: string } {
  const variable = `${program.toUpperCase().replaceAll("-", "_")}_BIN`;
  const advice = `need ${program}, or ${variable} to name it`;
  const found = findExecutable(SURROUNDINGS, variable, [program], advice);
  return "missing" in found ? found : makeTool(found.path);
}

function makeTool(path: string): Tool {
  return {
    path,
    async run(args, input = "") {
      const child = new Deno.Command(path, {
        args: [...args],
        env: { NO_COLOR: "1", LC_ALL: "C.UTF-8" },
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const [{ code, stdout, stderr }] = await Promise.all([
        child.output(),
        writeAll(child.stdin, input),
      ]);
      const decoder = new TextDecoder();
      return {
        code,
        stdout: decoder.decode(stdout),
        stderr: decoder.decode(stderr),
      };
    },
  };
}

/** A program may end before it has read everything. */
async function writeAll(
  stdin: WritableStream<Uint8Array>,
  text: string,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** A folder for one test, removed afterwards. */
export class TestFolder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "chi-deploy-" });

  /** Writes a file, and gives its path. */
  write(name: string, text: string, mode = 0o644): string {
    const path = `${this.path}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text, { mode });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
