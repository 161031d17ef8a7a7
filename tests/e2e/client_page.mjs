// Pages in Chromium that have the client, bundled as an application's builder does it.
import { after, before } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { compileSvelte, compileVue } from "./hooks/compile.mjs";
import { DEADLINE } from "./until.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Where the page is, at the origin that the test chooses, and its module. */
const PAGE = "/client-page";
const MODULE = "/client-page.mjs";

/** The entries of the package, which an application finds by its name. */
const ENTRIES = Object.fromEntries(["react", "vue", "svelte"].map((name) => [`millstream/${name}`, join(ROOT, `npm/${name}/index.mjs`)]));

const bundles = new Map();

/** The text of a module that has all that `entries`, files below the root of the repository, export. */
function bundle(entries) {
  const contents = entries.map((entry) => `export * from ${JSON.stringify(`./${entry}`)};`).join("\n");
  if (!bundles.has(contents)) {
    const made = build({
      stdin: { contents, resolveDir: ROOT, loader: "js" },
      bundle: true,
      format: "esm",
      plugins: [compileSvelte("client"), compileVue],
      jsx: "automatic",
      alias: ENTRIES,
      write: false,
      logLevel: "silent",
    });
    bundles.set(contents, made.then(({ outputFiles }) => outputFiles[0].text));
  }
  return bundles.get(contents);
}

/** A browser for all tests of a file. */
export class ClientPages {
  browser;

  static forTests() {
    const pages = new ClientPages();
    before(async () => {
      pages.browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
    });
    after(() => pages.browser?.close());
    return pages;
  }

  /**
   * A blank page at `origin` whose `globalThis.client` has the exports of `entries`. It is in a context of its own,
   * unless there is a `context`: the pages of a context share locks, channels, storage and cookies.
   */
  async open(t, { origin, entries = ["npm/client/index.mjs"], context }) {
    const own = context === undefined ? await this.browser.newContext() : undefined;
    // A page that a route answers is on no network, and so asks whether it may come to this machine's servers.
    await (context ?? own).grantPermissions(["local-network-access"]);
    const page = await (context ?? own).newPage();
    t.after(() => (own ?? page).close());
    page.setDefaultTimeout(DEADLINE);
    await load(page, { origin, entries });
    return page;
  }
}

/** Loads the page, also once more: what its tab keeps stays. */
export async function load(page, { origin, entries = ["npm/client/index.mjs"] }) {
  const text = await bundle(entries);
  const url = (path) => new URL(path, origin).href;
  await page.route(url(PAGE), (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.route(url(MODULE), (route) => route.fulfill({ contentType: "text/javascript", body: text }));
  await page.goto(url(PAGE));
  await page.evaluate(async (module) => (globalThis.client = await import(module)), MODULE);
  // A page with routes asks the test about each request.
  await page.unrouteAll({ behavior: "wait" });
}
