// The runtime's records, as `wrangler tail --format json` prints them: one when an invocation ends, in many lines.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class Tail {
  /** The records: `{ cpuTime, wallTime, outcome, entrypoint }`, in milliseconds. */
  records = [];
  #child;

  constructor(command) {
    this.#child = spawn("/bin/sh", ["-c", `exec ${command}`], { stdio: ["ignore", "pipe", "inherit"] });
    this.#read();
  }

  close() {
    this.#child.kill();
  }

  async #read() {
    let lines = [];
    for await (const line of createInterface({ input: this.#child.stdout })) {
      lines.push(line);
      // An object's last line is the one that is not indented.
      if (!/^\}|^\{.*\}$/.test(line)) continue;
      const text = lines.splice(0).join("\n");
      try {
        this.records.push(JSON.parse(text));
      } catch {
        console.error(`The command of --tail printed something else than JSON: ${text}`);
      }
    }
  }
}
