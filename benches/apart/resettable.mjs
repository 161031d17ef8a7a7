// Stands before the worker of the object's process, so that a benchmark can reset the object.
import { HubObject as Hub } from "./serve.mjs";

export class HubObject extends Hub {
  resetNow() {
    this.ctx.abort("a benchmark resets it");
  }
}

export { default } from "./serve.mjs";
