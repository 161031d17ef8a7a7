// Runs before the worker under `make serve CONFIG=trap`, so that a test can make the shipped wasm trap: after a request
// with the header `trap-after: N` the Nth reading of the clock throws the error of a trap.
// The shells read the clock by an import that is not declared to throw, so nothing in the instance catches it.
// After a request with the header `sync-fails` the next write of an object is not confirmed. From a request with the
// header `sql-fails` on, the storage refuses every query until the next request without it. A request with the header
// `url-fails` traps wherever its URL is read, so that the instance cannot answer.
import worker, { HubObject as Hub } from "./serve.mjs";

const now = Date.now;
let remaining = Infinity;
Date.now = () => {
  remaining -= 1;
  if (remaining > 0) return now();
  remaining = Infinity;
  throw new WebAssembly.RuntimeError("deliberate");
};

let syncFails = false;
let sqlFails = false;

/** The same object, whose members are replaced by those that `replaced` returns. */
function wrapped(object, replaced) {
  return new Proxy(object, {
    get(target, name) {
      const value = replaced(name) || target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function refuse() {
  throw new Error("deliberate");
}

/** The same request, whose URL can be read once: by serve.mjs, which looks for a file of that name. */
function withoutUrl(request) {
  let told = false;
  return wrapped(request, (name) => {
    if (name !== "url") return undefined;
    if (told) refuse();
    told = true;
    return request.url;
  });
}

export class HubObject extends Hub {
  constructor(context, env) {
    const sql = wrapped(context.storage.sql, (name) => (name === "exec" && sqlFails ? refuse : undefined));
    const storage = wrapped(context.storage, (name) => {
      if (name === "sql") return sql;
      if (name !== "sync" || !syncFails) return undefined;
      syncFails = false;
      return () => Promise.reject(new Error("deliberate"));
    });
    // The runtime takes no other context, but the context takes another member.
    Object.defineProperty(context, "storage", { value: storage });
    super(context, env);
  }
}

export default {
  fetch(request, env, context) {
    const after = request.headers.get("trap-after");
    if (after !== null) remaining = Number(after);
    if (request.headers.has("sync-fails")) syncFails = true;
    sqlFails = request.headers.has("sql-fails");
    return worker.fetch(request.headers.has("url-fails") ? withoutUrl(request) : request, env, context);
  },
};
