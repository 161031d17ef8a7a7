// A page in Chromium.
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "../e2e/browser.mjs";
import { DEADLINE } from "../e2e/until.mjs";

/** Opens a page, whose browser closes with the test `t`. */
export async function opened(t, url) {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
  t.after(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(DEADLINE);
  await page.goto(url);
  return page;
}
