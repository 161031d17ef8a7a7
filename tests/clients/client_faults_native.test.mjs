// The client on Chromium's EventSource, behind connections that fail at each byte of a session.
import { ClientPages } from "../e2e/client_page.mjs";
import { ENTRIES, readersIn } from "../e2e/client_readers.mjs";
import { NATIVE, NATIVE_KINDS } from "../e2e/client_session.mjs";
import { describeFaults } from "./client_faults.mjs";

const pages = ClientPages.forTests();
const open = async (t, origin) => readersIn(await pages.open(t, { origin, entries: ENTRIES }));

describeFaults("Chromium's EventSource", open, { how: NATIVE, kinds: NATIVE_KINDS });
