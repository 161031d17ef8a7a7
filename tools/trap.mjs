// Stands before the worker under `make serve TRAP=1`, so that a test can have the shipped wasm trap: a request with
// the header `trap-after: N` makes the Nth reading of the clock after it throw what a trap throws.
// The shells read the clock by an import that is not declared to throw, so nothing in the instance catches it.
import worker from "./serve.mjs";

const now = Date.now;
let remaining = Infinity;
Date.now = () => {
  remaining -= 1;
  if (remaining > 0) return now();
  remaining = Infinity;
  throw new WebAssembly.RuntimeError("deliberate");
};

export * from "./serve.mjs";
export default {
  fetch(request, env, context) {
    const after = request.headers.get("trap-after");
    if (after !== null) remaining = Number(after);
    return worker.fetch(request, env, context);
  },
};
