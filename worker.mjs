// The module that the runtime loads: a Worker that decides by tokens, and the class of the hubs.
import { handler } from "./npm/worker/handler.mjs";

export { HubObject } from "./npm/worker/hub_object.mjs";

export default handler();
