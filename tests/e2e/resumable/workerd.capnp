# An application whose streams are kept by the hub of another Worker. The test bundles it.
using Workerd = import "/workerd/workerd.capnp";
using Millstream = import "../../../build/workerd.capnp";

const application :Workerd.Config = (
  sockets = [(name = "http", http = (), service = "application")],
  services = [
    (name = "application", worker = (
      modules = [
        (name = "npm/bundled/index.mjs", esModule = embed "../../../build/resumable.mjs"),
        (name = "build/millstream_bg.wasm", wasm = embed "../../../build/millstream_bg.wasm"),
      ],
      compatibilityDate = "2026-11-01",
      compatibilityFlags = ["enable_request_signal"],
      bindings = [
        (name = "HUB", durableObjectNamespace = (className = "HubObject", serviceName = "main")),
        (name = "MILLSTREAM_OPERATOR_KEY", fromEnvironment = "OPERATOR_KEY"),
      ],
    )),
    (name = "main", worker = Millstream.mainWorker),
    (name = "data", disk = (writable = true)),
  ],
);
