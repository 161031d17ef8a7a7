// A Chromium whose tabs can be hidden and frozen, as those of a user are. Playwright keeps the pages of its own visible.
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { freePort } from "./free_port.mjs";
import { DEADLINE, until } from "./until.mjs";

/** One window. Its tabs share locks, channels, storage and cookies. */
export class TabbedBrowser {
  /** The context of its tabs. */
  context;
  #process;

  static async start() {
    const browser = new TabbedBrowser();
    const port = await freePort();
    const args = [...FLAGS, `--remote-debugging-port=${port}`];
    browser.#process = await chromium.launch({ executablePath: chromiumPath(), args });
    const connected = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
    [browser.context] = connected.contexts();
    await browser.context.grantPermissions(["local-network-access"]);
    return browser;
  }

  /** A new tab, which is shown, until the end of the test. */
  async open(t) {
    const page = await this.context.newPage();
    t.after(() => page.close());
    page.setDefaultTimeout(DEADLINE);
    return page;
  }

  /** Hides a tab behind a new one. */
  async hide(t, page) {
    const front = await this.open(t);
    await front.bringToFront();
    await becomes(page, "hidden");
  }

  /** Shows a tab. */
  async show(page) {
    await page.bringToFront();
    await becomes(page, "visible");
  }

  /** Freezes a hidden tab, and returns how to thaw it. */
  async freeze(page) {
    const session = await this.context.newCDPSession(page);
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    return () => session.send("Page.setWebLifecycleState", { state: "active" });
  }

  close() {
    return this.#process.close();
  }
}

const becomes = (page, state) =>
  until(() => page.evaluate((state) => document.visibilityState === state, state), `a tab that is ${state}`);
