// Runs `millstream`, the command line of the package, as a user does.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../npm/cli/millstream.mjs", import.meta.url));

/**
 * Runs it to its end in an empty folder, or in one with these `files`. It sees no variable but `env`'s.
 * Returns its exit code and what it has written.
 */
export function millstream(args, { env = {}, input = "", files = {} } = {}) {
  const cwd = mkdtempSync(join(tmpdir(), "millstream-cli-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const options = { cwd, env, input, encoding: "utf8", timeout: 20_000 };
    const { status, stdout, stderr, error } = spawnSync(process.execPath, [PROGRAM, ...args], options);
    if (error !== undefined) throw error;
    return { code: status, stdout, stderr };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

/** The token that it makes. A failure is an error. */
export function madeToken(args, options) {
  const { code, stdout, stderr } = millstream(["token", ...args], options);
  if (code !== 0) throw new Error(`millstream token ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout.trim();
}
