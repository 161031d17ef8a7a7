// The package's client in a Worker.
import { describeRuntimes } from "./describe_runtimes.mjs";
import { WorkerdWorker } from "./runtimes.mjs";

describeRuntimes({
  "a Worker": (place) => WorkerdWorker.start(place, { bound: false }),
  "a Worker, through a service binding": (place) => WorkerdWorker.start(place, { bound: true }),
});
