// The module that the runtime loads: a Worker that decides by tokens, and the class of the hubs.
import { handler } from "./js/worker.mjs";

export { HubObject } from "./js/hub_object.mjs";

export default handler();
