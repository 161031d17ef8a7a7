// The engines of browsers, each with one page.
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { FLAGS, chromiumPath } from "../e2e/browser.mjs";
import { freePort } from "../e2e/free_port.mjs";
import { WebKit } from "./webkit.mjs";

/** By engine: how a page is opened at a URL. It has `evaluate(body, ...args)` and `close`. */
const ENGINES = {
  async Chromium(url) {
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
    return pageOf(browser, await browser.newPage(), url);
  },
  async Firefox(url) {
    const executablePath = execFileSync("sh", ["-c", "command -v firefox-esr || command -v firefox"], { encoding: "utf8" });
    const browser = await puppeteer.launch({ browser: "firefox", executablePath: executablePath.trim(), headless: true });
    return pageOf(browser, await browser.newPage(), url);
  },
  async WebKit(url) {
    const webkit = await WebKit.launch(await freePort());
    await webkit.goto(url);
    return webkit;
  },
};

export const ENGINE_NAMES = Object.keys(ENGINES);

async function pageOf(browser, page, url) {
  await page.goto(url);
  return {
    evaluate: (body, ...args) => page.evaluate(([body, args]) => new Function(body)(...args), [body, args]),
    close: () => browser.close(),
  };
}

/** A page of this engine at `url`, in a browser of its own. */
export const openPage = (engine, url) => ENGINES[engine](url);
