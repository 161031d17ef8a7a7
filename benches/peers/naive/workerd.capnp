# workerd serve workerd.capnp --socket-addr=http=127.0.0.1:8080
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  sockets = [(name = "http", http = (), service = "main")],
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01",
      bindings = [(name = "EVENTS", durableObjectNamespace = "Events")],
      durableObjectNamespaces = [(className = "Events", uniqueKey = "Events")],
      durableObjectStorage = (inMemory = void),
    )),
  ],
);
