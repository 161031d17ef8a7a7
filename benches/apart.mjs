// The hub with its parts told apart. Written next to build/workerd.capnp, of whose Worker they are made:
//   worker    the Worker alone; the hub's object is behind an HTTP connection
//   object    the object alone, in a process of its own: `/proc` then tells each one's processor time and memory
//   observed  both in one process; each life of an object is noted (benches/apart/observed.mjs)
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const WORKER = /^const mainWorker :Workerd\.Worker = (\([\s\S]*?^\));$/m;
const HUB = '(name = "HUB", durableObjectNamespace = "HubObject")';
/** What a client of the hub cannot send: the members of `cf` go from process to process in this header. */
const HTTP = 'http = (cfBlobHeader = "Bench-Cf")';
const DISK = '(name = "data", disk = (writable = true))';
const OBJECTS = /durableObjectNamespaces = \[[\s\S]*?\],\s*durableObjectStorage = .*,/;

/** Writes the configurations, and returns their file. */
export function writeApart(build) {
  const [, worker] = WORKER.exec(readFileSync(join(build, "workerd.capnp"), "utf8"));
  const file = join(build, "apart.capnp");
  const modules = relative(build, join(import.meta.dirname, "apart"));
  const before = (name, text) =>
    replaced(text, "modules = [", `modules = [(name = "${name}.mjs", esModule = embed "${modules}/${name}.mjs"),`);
  const alone = replaced(replaced(worker, HUB, '(name = "OBJECT", service = "object")'), OBJECTS, "");
  const front = `(
    modules = [(name = "object.mjs", esModule = embed "${modules}/object.mjs")],
    compatibilityDate = "2026-11-01",
    compatibilityFlags = ["enable_request_signal"],
    bindings = [(name = "HUB", durableObjectNamespace = (className = "HubObject", serviceName = "hub"))],
  )`;
  writeFileSync(
    file,
    `using Workerd = import "/workerd/workerd.capnp";
${config("worker", { http: "http = ()", services: [`(name = "main", worker = ${before("alone", alone)})`, `(name = "object", external = (address = "127.0.0.1:1", ${HTTP}))`] })}
${config("object", { http: HTTP, services: [`(name = "main", worker = ${front})`, `(name = "hub", worker = ${before("resettable", worker)})`, DISK] })}
${config("observed", { http: "http = ()", services: [`(name = "main", worker = ${before("observed", worker)})`, DISK] })}
`,
  );
  return file;
}

/** A configuration with one address for clients. */
function config(name, { http, services }) {
  return `const ${name} :Workerd.Config = (
  sockets = [(name = "http", ${http}, service = "main")],
  services = [
    ${services.join(",\n    ")},
  ],
);`;
}

function replaced(text, part, by) {
  const changed = text.replace(part, () => by);
  if (changed === text) throw new Error(`there is no ${part} in build/workerd.capnp; make build writes it`);
  return changed;
}
