// examples/vite: a page with React and its Worker, by Cloudflare's plugin for vite.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { opened } from "./page.mjs";
import { Project } from "./project.mjs";

let project;
before(async () => (project = await Project.install("examples/vite")));
after(() => project?.remove());

/** Sends a message in a page; both that page and another one show it, once. */
async function chats(t, origin, text) {
  const pages = [await opened(t, origin), await opened(t, origin)];
  await pages[0].getByLabel("Message").fill(text);
  await pages[0].getByRole("button", { name: "Send" }).click();
  for (const page of pages) {
    const shown = page.locator("li").filter({ hasText: text });
    await shown.first().waitFor();
    assert.equal(await shown.count(), 1);
  }
}

test("the page and the Worker compile with strict types", async () => {
  await project.run("wrangler", "types");
  await project.run("tsc", "--strict", "--noEmit");
  await project.run("tsc", "--strict", "--noEmit", "-p", "worker");
});

test("built by vite, two pages show a message of one", async (t) => {
  const output = await project.run("vite", "build");
  assert.match(output, /millstream_bg-\S+\.wasm/);
  const server = await project.vite("preview");
  await chats(t, server.origin, "built");
});

test("in development on vite, two pages show a message of one", async (t) => {
  const server = await project.vite("dev");
  await chats(t, server.origin, "developed");
});
