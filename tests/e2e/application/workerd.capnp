# An application, a Worker of its own, that hands requests on to the hub's Worker and its objects; these are overheard.
using Workerd = import "/workerd/workerd.capnp";
using Millstream = import "../../../build/workerd.capnp";

const application :Workerd.Config = (
  sockets = [(name = "http", http = (), service = "application")],
  services = [
    (name = "application", worker = (
      modules = [(name = "index.mjs", esModule = embed "index.mjs")],
      compatibilityDate = "2026-11-01",
      bindings = [
        (name = "MILLSTREAM", service = "main"),
        (name = "HUB", durableObjectNamespace = (className = "HubObject", serviceName = "main")),
      ],
    )),
    (name = "main", worker = Millstream.overheardWorker),
    (name = "data", disk = (writable = true)),
  ],
);
