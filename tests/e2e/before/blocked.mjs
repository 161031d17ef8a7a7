// Runs before the worker under `make serve CONFIG=blocked`. The object of the hub `hangs` never answers an operator, and that
// of the hub `traps` traps when it is asked for its figures for the first time.
import { LIFE } from "./npm/worker/living_object.mjs";
import worker, { HubObject as Hub } from "./serve.mjs";

let hasTrapped = false;

export class HubObject extends Hub {
  async millstreamMetrics(counted) {
    if (this.ctx.id.name === "hangs") await new Promise(() => {});
    if (this.ctx.id.name === "traps" && !hasTrapped) this[LIFE].call(trap);
    return super.millstreamMetrics(counted);
  }
}

function trap() {
  hasTrapped = true;
  globalThis.millstreamAborted();
  throw new WebAssembly.RuntimeError("unreachable");
}

export default worker;
