// Runs `millstream`, the command line of the package, as a user does.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
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

/** Quotes words for a shell. */
const quoted = (words) => words.map((word) => `'${word}'`).join(" ");

/** It as a command of a shell, with these arguments. */
export const commandLine = (args) => quoted([process.execPath, PROGRAM, ...args]);

/** A run of it, or of a `shell`'s line, that goes on while the test does. Its input is open until `end`. */
export class Running {
  #child;
  #closed;
  #out = { stdout: "", stderr: "" };

  constructor(args, { env = {}, shell } = {}) {
    const [command, ...rest] = shell === undefined ? [process.execPath, PROGRAM, ...args] : ["bash", "--norc", "-c", shell];
    this.#child = spawn(command, rest, { env: { PATH: process.env.PATH, ...env }, timeout: 60_000, killSignal: "SIGKILL" });
    for (const name of ["stdout", "stderr"]) this.#child[name].setEncoding("utf8").on("data", (text) => (this.#out[name] += text));
    // It may end before it has read everything.
    this.#child.stdin.on("error", () => {});
    this.#closed = once(this.#child, "close");
  }

  /** What it has printed so far. */
  get printed() {
    return this.#out.stdout + this.#out.stderr;
  }

  /** Gives it a piece of its input. */
  write(text) {
    this.#child.stdin.write(text);
  }

  /** Sends it a signal. */
  kill(signal) {
    this.#child.kill(signal);
  }

  /** Ends its input, and waits for its end: its exit code, the signal that ended it, and what it has written. */
  async end(text = "") {
    this.#child.stdin.end(text);
    return this.ended();
  }

  /** Waits for its end while its input is open. */
  async ended() {
    const [code, signal] = await this.#closed;
    this.#child.stdin.destroy();
    return { code, signal, ...this.#out };
  }
}

/** The token that it makes. A failure is an error. */
export function madeToken(args, options) {
  const { code, stdout, stderr } = millstream(["token", ...args], options);
  if (code !== 0) throw new Error(`millstream token ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout.trim();
}
