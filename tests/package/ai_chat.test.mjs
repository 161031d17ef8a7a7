// examples/ai-chat: a chat with AI SDK and its Worker, as vite builds them. Answers are read by pages that are loaded again,
// by two tabs, and behind a server that was killed.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { after, before, describe, test } from "node:test";
import { wordsFor } from "../../examples/ai-chat/worker/words.ts";
import { blocks, read } from "../e2e/documents.mjs";
import { until } from "../e2e/until.mjs";
import { opened } from "./page.mjs";
import { Project } from "./project.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Milliseconds: pages come back to a server that was away with random waits, up to 30 s. */
const COMING_BACK = 60_000;
/** Milliseconds: the model alone takes 7 s for a whole answer, and the tests share the processor. */
const WRITING = 60_000;
const QUESTION = "Why <b>?";
const WHOLE = wordsFor(QUESTION).join("");

let project;
let server;
before(async () => {
  project = await Project.install("examples/ai-chat");
  await project.run("wrangler", "types");
  await project.run("vite", "build");
  server = await project.vite("preview");
});
after(() => project?.remove());

/** What a test sees of a page and does with it. */
function tabOf(page) {
  const status = () => page.getByRole("status").textContent();
  const tab = {
    page,
    answers: () => page.locator("li.assistant p").allTextContents(),
    says: (pattern, deadline) => until(async () => pattern.test(await status()), `${pattern}`, deadline),
    /** Waits until the answer has this many words. */
    writes: (words) => until(async () => ((await tab.answers()).at(-1) ?? "").split(/\s+/).length > words, `${words} words`),
    async ask(question = QUESTION) {
      await page.getByLabel("Message").fill(question);
      await page.keyboard.press("Enter");
      await tab.says(/^Writing/);
    },
    questions: () => page.locator("li.user p").allTextContents(),
    marks: () => page.locator("li small").allTextContents(),
    draft: () => page.getByLabel("Message").inputValue(),
    stop: () => page.getByRole("button", { name: "Stop" }),
    /** Waits until the whole answer is there, and checks that all is there once. */
    async isWhole() {
      let seen;
      const isWhole = async () => (seen = (await tab.answers()).join("\0")) === WHOLE;
      await until(isWhole, () => `the whole answer, once, not “${seen}”`, WRITING);
      await tab.says(/^Ready$/);
      assert.deepEqual([await tab.questions(), await tab.marks()], [[QUESTION], []]);
    },
  };
  return tab;
}

/** A new chat. */
const chat = async (t) => tabOf(await opened(t, server.origin));
/** The same chat in another tab. */
const secondTab = async (t, { page }) => tabOf(await opened(t, page.url()));

// They wait for words most of the time.
describe("a chat", { concurrency: true }, () => {
  test("the page and the Worker compile with strict types", async () => {
    await project.run("tsc", "--strict", "--noEmit");
    await project.run("tsc", "--strict", "--noEmit", "-p", "worker");
  });

  test("the files of docs/ai.md are the whole Worker, which answers its commands", async (t) => {
    const shown = blocks(read("docs/ai.md"));
    const lines = (begins) => shown.find(({ language, text }) => language === "sh" && text.startsWith(begins)).text;
    const { dependencies, devDependencies } = JSON.parse(project.read("package.json"));
    const installed = lines("npm install millstream").matchAll(/(?<= )@?[a-z][\w/-]+(?= |$)/gm);
    assert.deepEqual(Array.from(installed, ([name]) => name).filter((name) => name !== "install").toSorted(), Object.keys({ ...dependencies, ...devDependencies }).toSorted());

    const pasted = new Project();
    t.after(() => pasted.remove());
    const files = shown.filter(({ source }) => source?.path.startsWith("examples/ai-chat/") && source.name === undefined);
    for (const { source, text } of files) {
      const name = source.path.slice("examples/ai-chat/".length);
      mkdirSync(dirname(pasted.path(name)), { recursive: true });
      pasted.write(name, `${text}\n`);
    }
    // The model is the reader's own.
    for (const name of ["model.ts", "words.ts", "tsconfig.json"]) pasted.write(`worker/${name}`, project.read(`worker/${name}`));
    pasted.write("worker-configuration.d.ts", project.read("worker-configuration.d.ts"));
    symlinkSync(project.path("node_modules"), pasted.path("node_modules"));
    await pasted.command(project.path("node_modules/.bin/tsc"), "-p", "worker");

    const asked = lines("MESSAGE=").replaceAll("http://localhost:5173", server.origin).replaceAll("curl ", "curl -sS --fail-with-body ");
    const [first, again] = (await project.command("bash", "-euc", asked)).split(/(?<=\[DONE\]\n\n)/);
    const words = (text) => Array.from(text.matchAll(/"delta":("[^]*?[^\\]")/g), ([, delta]) => JSON.parse(delta)).join("");
    assert.deepEqual([words(first), words(again)], [wordsFor("Hello").join(""), wordsFor("Hello").join("")]);
  });

  test("a page that is loaded again in the middle of the answer shows the whole text, once", async (t) => {
    const tab = await chat(t);
    await tab.ask();
    await tab.writes(20);
    await tab.page.reload();
    await tab.isWhole();
    await tab.page.reload();
    await tab.isWhole();
  });

  test("a tab that was there follows the answer that another one has asked for", async (t) => {
    const asking = await chat(t);
    await asking.says(/^Ready$/);
    const other = await secondTab(t, asking);
    await other.says(/^Ready$/);
    await asking.ask();
    for (const tab of [other, asking]) await tab.isWhole();
    await other.ask();
    for (const tab of [asking, other]) await until(async () => (await tab.answers())[1]?.startsWith("You asked"), "the second answer in both tabs");
    await asking.page.getByRole("button", { name: "Stop" }).click();
    for (const tab of [asking, other]) await tab.says(/^Ready$/);
  });

  test("a second tab stops the answer by keys, in both tabs, and what was written stays, and says so", async (t) => {
    const asking = await chat(t);
    await asking.ask();
    await asking.writes(15);
    const other = await secondTab(t, asking);
    await other.writes(15);
    await other.stop().press("Enter");
    for (const tab of [other, asking]) await tab.says(/^Ready$/);
    const [written] = await other.answers();
    assert.ok(WHOLE.startsWith(written) && written.length < WHOLE.length, written);
    for (const tab of [other, asking]) assert.deepEqual([await tab.answers(), await tab.marks()], [[written], ["Stopped"]]);
    assert.equal(await other.page.evaluate(() => document.activeElement.id), "text");
    await other.page.reload();
    await other.says(/^Ready$/);
    assert.deepEqual([await other.answers(), await other.marks()], [[written], ["Stopped"]]);
  });

  test("of two tabs that ask at the same moment one is answered, and the other one keeps its words", async (t) => {
    const first = await chat(t);
    const tabs = [first, await secondTab(t, first)];
    for (const [index, tab] of tabs.entries()) {
      await tab.says(/^Ready$/);
      await tab.page.getByLabel("Message").fill(`question ${index}`);
    }
    await Promise.all(tabs.map(({ page }) => page.keyboard.press("Enter")));
    for (const tab of tabs) await tab.writes(10);
    const [asked] = await first.questions();
    const refused = tabs[asked === "question 0" ? 1 : 0];
    await refused.page.getByRole("alert").filter({ hasText: "Another tab has asked" }).waitFor();
    const kept = await refused.draft();
    assert.notEqual(kept, asked);
    await refused.stop().click();
    for (const tab of tabs) await tab.says(/^Ready$/);
    await refused.page.getByRole("button", { name: "Send" }).dblclick();
    for (const tab of tabs) {
      await until(async () => (await tab.answers())[1]?.startsWith(`You asked: “${kept}”`), "the second answer");
      await tab.says(/^Writing/);
      assert.deepEqual(await tab.questions(), [asked, kept]);
    }
    await refused.page.getByLabel("Message").fill("later");
    await refused.page.keyboard.press("Enter");
    assert.equal(await refused.draft(), "later");
    await refused.stop().click();
    for (const tab of tabs) await tab.says(/^Ready$/);
    assert.equal(await refused.page.getByRole("alert").count(), 0);
  });

  test("an answer whose model fails says that it broke off, also in another tab and when the page is loaded again", async (t) => {
    const asking = await chat(t);
    const other = await secondTab(t, asking);
    await other.says(/^Ready$/);
    await asking.page.route("**/stream", (route) => (route.request().method() === "DELETE" ? route.abort() : route.continue()));
    await asking.ask("Please fail");
    await asking.stop().click();
    await asking.page.getByRole("alert").filter({ hasText: "could not be stopped" }).waitFor();
    for (const tab of [asking, other]) {
      await tab.says(/^Something went wrong$/);
      assert.deepEqual(await tab.page.getByRole("alert").allTextContents(), ["An error occurred.Try again"]);
      assert.deepEqual(await tab.marks(), ["Broke off"]);
    }
    await other.page.reload();
    await other.says(/^Ready$/);
    assert.deepEqual(await other.marks(), ["Broke off"]);
  });

  test("a body that has no message is refused", async () => {
    for (const body of ["", "{}", "null", '{"message":{"id":"a","parts":[]}}']) {
      const { status } = await fetch(`${server.origin}/api/chat/nothing`, { method: "POST", body });
      assert.equal(status, 400, body);
    }
  });

  test("axe finds nothing to mend, and nothing is wider than the screen", async (t) => {
    const tab = await chat(t);
    await tab.ask();
    await tab.writes(30);
    await tab.page.getByRole("button", { name: "Stop" }).click();
    await tab.says(/^Ready$/);
    for (const colorScheme of ["light", "dark"]) {
      for (const [width, height] of [[390, 844], [1280, 720]]) {
        await tab.page.emulateMedia({ colorScheme });
        await tab.page.setViewportSize({ width, height });
        await tab.page.evaluate(AXE);
        const run = (values) => globalThis.axe.run({ runOnly: { type: "tag", values } });
        const { violations } = await tab.page.evaluate(run, RULES);
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], `${colorScheme}, ${width}`);
        assert.ok((await tab.page.evaluate(() => document.documentElement.scrollWidth)) <= width, `${width}`);
        await tab.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
        const edges = await tab.page.evaluate(() => ["li:last-child", "form"].map((name) => document.querySelector(name).getBoundingClientRect()));
        assert.ok(edges[0].bottom < edges[1].top, `the last card ends at ${edges[0].bottom}, the form begins at ${edges[1].top}`);
      }
    }
  });
});

test("after kill -9 in the middle each tab has what was written, once, and asks again", async (t) => {
  const asking = await chat(t);
  await asking.ask();
  await asking.writes(15);
  const other = await secondTab(t, asking);
  await other.writes(20);
  await server.restart();
  for (const tab of [asking, other]) {
    await tab.page.getByRole("alert").filter({ hasText: "The answer broke off" }).waitFor({ timeout: COMING_BACK });
    await tab.says(/^Something went wrong$/, COMING_BACK);
    assert.deepEqual(await tab.marks(), ["Broke off"]);
  }
  const [[asked], [written]] = await Promise.all([asking.answers(), other.answers()]);
  // The tab that has asked may have had a word more than the hub.
  assert.ok(WHOLE.startsWith(asked) && asked.startsWith(written), `${asked} / ${written}`);
  await other.page.reload();
  await other.page.getByRole("alert").waitFor();
  assert.deepEqual(await other.answers(), [written]);
  assert.ok(WHOLE.startsWith(written) && written.split(/\s+/).length > 15, written);
  await other.page.getByRole("button", { name: "Try again" }).click();
  for (const tab of [other, asking]) await tab.isWhole();
});
