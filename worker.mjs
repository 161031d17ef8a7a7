// The module that the runtime loads: a Worker of its own, whose visitors have tokens. It is what users of the package write.
import { createHub } from "./npm/worker/index.mjs";

export { HubObject } from "./npm/worker/index.mjs";

export default createHub();
