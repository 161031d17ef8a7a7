# workerd serve workerd.capnp stored --socket-addr=http=127.0.0.1:8080 --directory-path=data=FOLDER
# `forgetful` keeps nothing, in the same runtime and with the same storage.
using Workerd = import "/workerd/workerd.capnp";

const forgetful :Workerd.Config = (
  sockets = [(name = "http", http = (), service = "main")],
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01",
      bindings = [(name = "EVENTS", durableObjectNamespace = "Events")],
      durableObjectNamespaces = [(className = "Events", uniqueKey = "Events", enableSql = true)],
      durableObjectStorage = (localDisk = "data"),
    )),
    (name = "data", disk = (writable = true)),
  ],
);

const stored :Workerd.Config = (
  sockets = [(name = "http", http = (), service = "main")],
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01",
      bindings = [(name = "EVENTS", durableObjectNamespace = "StoredEvents")],
      durableObjectNamespaces = [(className = "StoredEvents", uniqueKey = "StoredEvents", enableSql = true)],
      durableObjectStorage = (localDisk = "data"),
    )),
    (name = "data", disk = (writable = true)),
  ],
);
