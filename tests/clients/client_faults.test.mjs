// The client on Node's fetch, behind connections that fail at each byte of a session.
import { NODE } from "../e2e/client_readers.mjs";
import { describeFaults } from "./client_faults.mjs";

describeFaults("Node", async () => NODE);
