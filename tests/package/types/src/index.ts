// A Worker of its own is what the runtime takes.
import { HubObject, createHub } from "millstream";

export { HubObject };

export default createHub<Env>({ assets: "ASSETS" }) satisfies ExportedHandler<Env>;
