// The clients for JavaScript that people use come through what a server does to them, and are shown nothing that is no event.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { JS_CLIENTS } from "./js_clients.mjs";
import { describeClients } from "./lives.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Where the page finds what it imports, on the hub's origin. */
const FILES = "/lax-clients/";

let browser;
after(async () => (await browser)?.close());

const OPENERS = {
  async node({ module, open }, url) {
    const events = [];
    const source = open(String(url), await import(module), (event) => events.push(event));
    return { events: async () => [...events], close: () => source.close() };
  },

  /** In a context of its own, as Chromium has six connections to a host in each. */
  async chromium({ name, module }, url) {
    browser ??= chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
    const context = await (await browser).newContext();
    await context.route(`**${FILES}**`, answerFile);
    const page = await context.newPage();
    await page.goto(new URL(FILES, url).href);
    await page.evaluate(
      async ([files, name, module, url]) => {
        const { JS_CLIENTS } = await import(`${files}tests/e2e/js_clients.mjs`);
        const imported = module && (await import(`${files}node_modules/${module}`));
        globalThis.events = [];
        globalThis.open = () => JS_CLIENTS[name].open(url, imported, (event) => globalThis.events.push(event));
      },
      [FILES, name, module, url.href],
    );
    // While requests are routed Chromium sends `Cache-Control: no-cache` with each.
    await context.unrouteAll();
    await page.evaluate(() => void globalThis.open());
    return { events: () => page.evaluate(() => globalThis.events), close: () => context.close() };
  },
};

/** The files of this repository, for imports that bundlers resolve too: without their extension. */
async function answerFile(route) {
  const path = new URL(route.request().url()).pathname.slice(FILES.length);
  if (path === "") return route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
  const file = [path, `${path}.js`].map((path) => join(ROOT, path)).find(existsSync);
  return route.fulfill({ contentType: "text/javascript", body: await readFile(file, "utf8") });
}

describeClients(
  Object.fromEntries(
    Object.entries(JS_CLIENTS).map(([name, client]) => [
      name,
      { opens: true, place: client.place, open: (url) => OPENERS[client.runs]({ name, ...client }, url) },
    ]),
  ),
);
