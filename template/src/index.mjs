// A hub with the paths and the tokens of Mercure.
import { createHub, HubObject } from "millstream";

export { HubObject };

export default createHub();
