// README's lines, pasted by a new user into an empty folder.
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { blocks, read } from "../e2e/documents.mjs";
import { opened } from "./page.mjs";
import { Project, TARBALL } from "./project.mjs";

const shown = blocks(read("README.md"));
const WRANGLER = JSON.parse(read("examples/worker/package.json")).devDependencies.wrangler;
/** npm fills its cache when it installs for the first time. */
const QUICKLY = "export npm_config_prefer_offline=true npm_config_audit=false npm_config_fund=false npm_config_ignore_scripts=true";

/** The lines of the block of `sh` that begins like this, without those that stay open. */
function lines(begins) {
  const found = shown.filter(({ language, text }) => language === "sh" && text.startsWith(begins));
  assert.equal(found.length, 1, begins);
  return found[0].text.split("\n").filter((line) => !line.includes("# stays open")).join("\n");
}

/** Writes README's blocks of this example to the files that README names. */
function paste(project, example) {
  const pasted = shown.filter(({ source }) => source?.path.startsWith(`${example}/`));
  for (const { source, text } of pasted) {
    const name = source.path.slice(example.length + 1);
    mkdirSync(dirname(project.path(name)), { recursive: true });
    project.write(name, `${text}\n`);
  }
  return pasted.length;
}

/** Installs the package and wrangler by README's lines. */
async function install(project) {
  const ours = lines("npm install millstream").replace("install millstream", `install '${TARBALL}'`).replace(/wrangler$/, `wrangler@${WRANGLER}`);
  await project.command("bash", "-euc", `${QUICKLY}\n${ours}`);
}

const here = (text, server) => text.replaceAll("http://localhost:8787", server.origin).replaceAll("curl ", "curl -sS --fail-with-body ");

test("the lines for your own Worker make a page that shows what is published, and refuse another topic", async (t) => {
  const project = new Project();
  t.after(() => project.remove());
  assert.equal(paste(project, "examples/worker"), 3);
  await install(project);
  const server = await project.dev();
  const page = await opened(t, server.origin);
  await page.waitForFunction(() => source.readyState === EventSource.OPEN);
  await project.command("bash", "-euc", here(lines("npx wrangler dev"), server));
  await page.locator("#state").filter({ hasText: "paid" }).waitFor();
  const other = await fetch(`${server.origin}/events?topic=salaries`, { signal: AbortSignal.timeout(15_000) });
  assert.equal(other.status, 403);
});

test("the lines for a Worker of its own make a key and a token, and publish with it", async (t) => {
  const project = new Project();
  t.after(() => project.remove());
  assert.equal(paste(project, "examples/own-worker"), 2);
  await install(project);
  await project.command("bash", "-euc", lines("mkdir -p public"));
  const server = await project.dev();
  const published = await project.command("bash", "-euc", here(lines("# in another terminal, in the same folder"), server));
  assert.match(published, /^urn:uuid:/m);
  const read = await fetch(`${server.origin}/.well-known/mercure?topic=news&lastEventID=earliest`, { signal: AbortSignal.timeout(15_000) });
  assert.equal(read.status, 200);
  let text = "";
  for await (const chunk of read.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("data: rain")) break;
  }
});

test("every page and picture of docs that README links to is in the package", async (t) => {
  const project = new Project();
  t.after(() => project.remove());
  await project.install();
  const links = [...project.read("node_modules/millstream/README.md").matchAll(/\]\((docs\/[^)#]+)/g)].map(([, path]) => path);
  assert.ok(links.includes("docs/embedding.md") && links.includes("docs/page.png"), `${links}`);
  for (const path of links) assert.ok(existsSync(project.path(`node_modules/millstream/${path}`)), path);
});
