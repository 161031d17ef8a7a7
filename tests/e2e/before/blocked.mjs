// Runs before the worker under `make serve CONFIG=blocked`. The object of the hub `hangs` never answers an operator, and that
// of the hub `traps` traps when it is asked for its figures for the first time.
import worker, { HubObject as Hub } from "./serve.mjs";

let hasTrapped = false;

export class HubObject extends Hub {
  async metrics(counted) {
    if (this.ctx.id.name === "hangs") await new Promise(() => {});
    if (this.ctx.id.name === "traps" && !hasTrapped) this.call(trap);
    return super.metrics(counted);
  }
}

function trap() {
  hasTrapped = true;
  globalThis.millstreamAborted();
  throw new WebAssembly.RuntimeError("unreachable");
}

export default worker;
