// The deployment that the stream is held through: a command, or what the operator does by hand.
import { spawn } from "node:child_process";

export class Deployment {
  /** When it began and ended, and its code; nothing while it has not begun. */
  began;
  ended;
  code;
  #command;
  #running;

  constructor(command) {
    this.#command = command;
  }

  get hasBegun() {
    return this.began !== undefined;
  }

  /** Begins once, however often it is called. */
  begin() {
    if (this.hasBegun) return;
    this.began = Date.now();
    if (this.#command === undefined) {
      console.log("Half of the time is over: deploy now, if you have not yet.");
      return;
    }
    console.log(`Half of the time is over: ${this.#command}`);
    this.#running = new Promise((resolve) => {
      const child = spawn("/bin/sh", ["-c", this.#command], { stdio: ["ignore", "inherit", "inherit"] });
      child.once("exit", (code, signal) => {
        [this.ended, this.code] = [Date.now(), code ?? signal];
        resolve();
      });
    });
  }

  /** Resolves once the command has ended. */
  async ends() {
    await this.#running;
  }
}
