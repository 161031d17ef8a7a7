// A hub with the paths and the tokens of Mercure, as a Worker of its own.
import { createHub, HubObject } from "millstream";

export { HubObject };

export default createHub<Env>({ assets: "ASSETS" });
