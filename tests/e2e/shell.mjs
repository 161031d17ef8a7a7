// Runs the commands of a document as a reader does: block after block, with what the earlier ones have set.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./documents.mjs";
import { freePort } from "./free_port.mjs";
import { until } from "./until.mjs";

const DEADLINE = 60_000;
/** A command with this comment goes on while the next ones run. */
const STAYS_OPEN = /# stays open/;

/** Commands of a reader that are others here: an error of HTTP is one, and `make` and `npx` are those of this clone. */
const COMMANDS = {
  curl: `exec ${process.env.CURL ?? "/usr/bin/curl"} --fail-with-body "$@"`,
  make: `exec /usr/bin/make --no-print-directory -C '${ROOT}' "$@"`,
  npx: `[ "$1" = millstream ] || { echo "npx $1 is not this project's" >&2; exit 1; }\nshift\nexec '${process.execPath}' '${ROOT}/npm/cli/millstream.mjs' "$@"`,
};

/** The process groups that run. They end with this process. */
const groups = new Set();
process.on("exit", () => groups.forEach((group) => signalGroup(group, "SIGKILL")));

function signalGroup(group, signal) {
  try {
    process.kill(-group, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/** A shell in a folder of its own. */
export class Shell {
  #folder = mkdtempSync(join(tmpdir(), "millstream-docs-"));
  #env;
  #origins;
  #ports = new Map();
  #open = [];

  /** `origins` are the addresses of the documents with those to be used, `vars` what a reader is said to have set. */
  constructor({ origins = {}, vars = {} } = {}) {
    this.#origins = origins;
    const bin = join(this.#folder, "bin");
    mkdirSync(bin);
    for (const [name, body] of Object.entries(COMMANDS)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    this.#env = { ...process.env, ...vars, PATH: `${bin}:${process.env.PATH}` };
  }

  /** Runs a block, and returns what it prints. A command that stays open runs until `close`. */
  async run(block) {
    const text = await this.#here(block);
    const printed = [];
    for (const piece of pieces(text)) {
      printed.push(STAYS_OPEN.test(piece) ? await this.#start(piece) : await this.#finish(piece));
    }
    return printed.join("");
  }

  /** Waits until each open stream has brought an update. */
  async updates() {
    for (const { piece, received, printed } of this.#open.filter(({ piece }) => piece.includes("curl"))) {
      await until(() => /^data: ?(?!\{\}$)./m.test(received()), () => `an update to:\n${piece}\n${printed()}`);
    }
  }

  /** Ends the commands that are open. */
  async close() {
    // Streams end before their servers.
    for (const { child } of this.#open.toReversed()) {
      const closed = child.exitCode === null && child.signalCode === null ? once(child, "exit") : null;
      signalGroup(child.pid, "SIGTERM");
      await closed;
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The block with the addresses of this run; a port of the document that is not known yet gets a free one. */
  async #here(block) {
    let text = Object.entries(this.#origins).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), block);
    for (const [, port] of block.matchAll(/PORT=(\d+)/g)) {
      if (!this.#ports.has(port)) this.#ports.set(port, await freePort());
    }
    for (const [theirs, ours] of this.#ports) {
      text = text.replaceAll(`PORT=${theirs}`, `PORT=${ours}`).replaceAll(`127.0.0.1:${theirs}`, `127.0.0.1:${ours}`);
    }
    return text;
  }

  #spawn(script) {
    const state = join(this.#folder, "state");
    const kept = `set -a; [ ! -f '${state}' ] || . '${state}'\n${script}`;
    const args = ["-euo", "pipefail", "-c", kept.replaceAll("$STATE", state)];
    const child = spawn("bash", args, { cwd: this.#folder, env: this.#env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    groups.add(child.pid);
    child.once("exit", () => groups.delete(child.pid));
    let [received, printed] = ["", ""];
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk) => (printed += chunk));
    child.stdout.on("data", (chunk) => (received += chunk));
    return { child, received: () => received, printed: () => printed };
  }

  async #finish(piece) {
    const { child, printed } = this.#spawn(`${piece}\nexport -p >'$STATE'`);
    const late = setTimeout(() => signalGroup(child.pid, "SIGKILL"), DEADLINE);
    const [code, signal] = await once(child, "close");
    clearTimeout(late);
    if (code !== 0) throw new Error(`${signal ?? code} from:\n${piece}\n${printed()}`);
    return printed();
  }

  /** Starts a command that stays open, and waits until its server answers, or its stream has begun. */
  async #start(piece) {
    const { child, received, printed } = this.#spawn(piece);
    this.#open.push({ piece, child, received, printed });
    const [, port] = /PORT=(\d+)/.exec(piece) ?? [];
    const answers = () => fetch(`http://127.0.0.1:${port}/healthz`).then((response) => response.ok, () => false);
    const begun = port === undefined ? () => received() !== "" : answers;
    const ended = () => child.exitCode !== null || child.signalCode !== null;
    await until(async () => ended() || (await begun()), () => `an answer to:\n${piece}\n${printed()}`, DEADLINE);
    if (ended()) throw new Error(`it has ended:\n${piece}\n${printed()}`);
    return "";
  }
}

/** The commands of a block before one that stays open, that one alone, and so on. */
function pieces(text) {
  const found = [[]];
  for (const line of text.split("\n")) {
    if (!STAYS_OPEN.test(line)) found.at(-1).push(line);
    else found.push([line], []);
  }
  return found.map((lines) => lines.join("\n")).filter((piece) => piece.trim() !== "");
}
