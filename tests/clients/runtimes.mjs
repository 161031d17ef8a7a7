// The runtimes that read a hub by the package: each does the deeds of `runtimes/deeds.mjs`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import workerd from "workerd";
import { freePort } from "../e2e/free_port.mjs";
import { DEADLINE, until } from "../e2e/until.mjs";
import { openPage } from "./engines.mjs";

/** What is told, by the name of the deed. */
class Told {
  #all = [];

  add(told) {
    this.#all.push(told);
  }

  of(deed) {
    return this.#all.filter(({ name }) => name === deed);
  }
}

/** Children that run. They are killed when this process ends. */
const children = new Set();
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

function start([program, ...args], options) {
  const child = spawn(program, args, options);
  children.add(child);
  return child;
}

async function end(child) {
  const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
  child.kill("SIGKILL");
  await ended;
  children.delete(child);
}

/** A process that a command starts, which gets a module as its last argument. */
export class Process {
  #told = new Told();
  #child;

  constructor(project, command) {
    const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
    this.#child = start([...command, "process.mjs"], { cwd: project.folder, env, stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#told.add(JSON.parse(line)));
  }

  begin(asked) {
    this.#child.stdin.write(`${JSON.stringify(asked)}\n`);
  }

  told(deed) {
    if (this.#child.exitCode !== null) throw new Error(`the process ended with ${this.#child.exitCode}`);
    return this.#told.of(deed);
  }

  close() {
    return end(this.#child);
  }
}

/** A Worker on workerd. With `bound` it reaches the hub by a service binding. */
export class WorkerdWorker {
  #told = new Told();
  #child;
  #origin;
  #bound;
  #ending = new AbortController();

  static async start({ project, port }, { bound }) {
    const worker = new WorkerdWorker();
    worker.#bound = bound;
    await bundle(project, "worker.mjs", { format: "esm", conditions: ["workerd"] });
    const own = await freePort();
    worker.#origin = `http://127.0.0.1:${own}`;
    const addresses = [`--socket-addr=http=127.0.0.1:${own}`, `--external-addr=hub=127.0.0.1:${port}`];
    worker.#child = start([workerd.default, "serve", ...addresses, project.path("workerd.capnp")], { stdio: "inherit" });
    await until(() => fetch(worker.#origin, { method: "HEAD" }).then(() => true, () => false), "the Worker");
    return worker;
  }

  async begin(asked) {
    const body = JSON.stringify({ ...asked, bound: this.#bound });
    const answer = await fetch(this.#origin, { method: "POST", body, signal: this.#ending.signal });
    // It is ended by the test, or with the Worker.
    this.#listen(answer.body).catch(() => {});
  }

  async #listen(body) {
    let rest = "";
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) this.#told.add(JSON.parse(line));
    }
  }

  told(deed) {
    return this.#told.of(deed);
  }

  close() {
    this.#ending.abort();
    return end(this.#child);
  }
}

/** A page of the application, which is of another origin than the hub. */
export class Page {
  #page;

  static async open(engine, { project, application }) {
    const page = new Page();
    page.#page = await openPage(engine, application);
    await page.#page.evaluate(await bundle(project, "page.mjs", { format: "iife" }));
    return page;
  }

  begin(asked) {
    return this.#page.evaluate("globalThis.begin(arguments[0])", asked);
  }

  async told(deed) {
    const all = await this.#page.evaluate("return globalThis.told");
    return all.map((line) => JSON.parse(line)).filter(({ name }) => name === deed);
  }

  close() {
    return this.#page.close();
  }
}

/** The text of a module with all that it imports, as a builder makes it; also in `bundled.mjs`. */
async function bundle(project, entry, options) {
  const outfile = project.path("bundled.mjs");
  await build({ entryPoints: [project.path(entry)], bundle: true, outfile, logLevel: "error", ...options });
  return readFileSync(outfile, "utf8");
}

/** Waits for what a deed tells. */
export function tells(runtime, deed, isIt) {
  let told;
  const what = () => `${deed} to tell ${isIt}; it told ${JSON.stringify(told)}`;
  return until(async () => (told = await runtime.told(deed)).find(isIt), what, 3 * DEADLINE);
}
