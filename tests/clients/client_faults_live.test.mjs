// The client on Chromium's fetch, behind connections that fail at each byte of a session of the kind live.
import { ClientPages } from "../e2e/client_page.mjs";
import { ENTRIES, readersIn } from "../e2e/client_readers.mjs";
import { describeFaults } from "./client_faults.mjs";

const pages = ClientPages.forTests();

describeFaults("Chromium", async (t, origin) => readersIn(await pages.open(t, { origin, entries: ENTRIES })), {
  names: ["live"],
});
