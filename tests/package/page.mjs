// Pages in one Chromium for all tests of a file.
import { after } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "../e2e/browser.mjs";
import { DEADLINE } from "../e2e/until.mjs";

let browser;
after(async () => (await browser)?.close());

/** Opens a page that has no cookies and nothing stored, which closes with the test `t`. */
export async function opened(t, url) {
  browser ??= chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
  const page = await (await browser).newPage();
  t.after(() => page.close());
  page.setDefaultTimeout(DEADLINE);
  await page.goto(url);
  return page;
}
