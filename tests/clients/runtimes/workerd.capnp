# A Worker that reads a hub, by the network and by a service binding.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  sockets = [(name = "http", http = (), service = "main")],
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.mjs", esModule = embed "bundled.mjs")],
      compatibilityDate = "2026-10-01",
      bindings = [(name = "HUB", service = "hub")],
    )),
    (name = "hub", external = (http = ())),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
);
