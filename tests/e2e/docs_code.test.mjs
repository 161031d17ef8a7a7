// The code in README.md and docs/ is that of files which are built and run, so that it cannot rot.
//
// A block of code has the comment `<!-- from PATH -->` on the line before it. It must then be equal to the file, or to
// the part of it between the comments `// README: begin` and `// README: end` (`#`, `<!-- … -->` and `/* … */` too).
// A file may have several parts: `// README: begin publish` … `// README: end publish` is shown by
// `<!-- from PATH publish -->`. The part is shown without its common indentation.
// A block of JavaScript, TypeScript, HTML, TOML or JSON without such a comment must stand in `HELD_ELSEWHERE`.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { publish } from "./clients.mjs";
import { ROOT, blocks, documents, part, read } from "./documents.mjs";
import { Server } from "./server.mjs";
import { DEADLINE, until } from "./until.mjs";

const CODE = ["js", "mjs", "ts", "tsx", "jsx", "html", "toml", "json", "jsonc"];

/** How the code of a page begins that subscribes to this topic. */
const beginning = (topic) =>
  `const url = new URL("http://127.0.0.1:8787/.well-known/mercure");\nurl.searchParams.append("topic", "${topic}");`;

/** Code that is no file: the document, how the block begins, and the test (file and title) that holds it. */
const HELD_ELSEWHERE = [
  {
    path: "docs/subscribing.md",
    begins: beginning("greetings"),
    file: "tests/e2e/docs_code.test.mjs",
    title: "the code of a page receives in Chromium what it publishes",
  },
  {
    path: "docs/subscribing.md",
    begins: beginning("orders"),
    file: "tests/e2e/docs_code.test.mjs",
    title: "the code of a page shows what is held, and then what comes, each once",
  },
  {
    path: "docs/configuration.md",
    begins: '[{"issuer": "https://as.example"',
    file: "tests/e2e/docs_code.test.mjs",
    title: "the hub takes the issuers of the documentation",
  },
  {
    path: "docs/embedding.md",
    begins: "[dependencies]\nmillstream = {",
    file: "tests/e2e/docs_code.test.mjs",
    title: "the dependency of the documentation is this crate with a feature that it has",
  },
  {
    path: "docs/auth.md",
    begins: 'import { createHub, HubObject } from "millstream";',
    file: "tests/e2e/embedder.test.mjs",
    title: "an application may take its time, and is told what is asked of which hub",
  },
  ...['{\n  "sub": "ada"', '{\n  "iss": "https://login.example"'].map((begins) => ({
    path: "docs/auth.md",
    begins,
    file: "tests/e2e/token_command.test.mjs",
    title: "of both dialects are those that docs/auth.md shows",
  })),
  ...["00", "01", "02", "03"].map((seconds) => ({
    path: "docs/operations.md",
    begins: `{"time":"2026-11-26T12:00:${seconds}.000Z"`,
    file: "tests/e2e/log.test.mjs",
    title: "the lines in docs/operations.md are those of the log",
  })),
];

const shown = documents().flatMap((path) => blocks(read(path)).map((block) => ({ path, ...block })));
const at = ({ path, line }) => `${path}:${line}`;

test("a block that names its file is equal to it", () => {
  for (const block of shown.filter(({ source }) => source !== undefined)) {
    const { path, name } = block.source;
    assert.equal(block.text, part(read(path), name), `${at(block)} is not what ${path} has`);
  }
});

test("every block of code names its file, or the test that holds it", () => {
  const alone = shown.filter(({ language, source }) => CODE.includes(language) && source === undefined);
  const holds = (block) => HELD_ELSEWHERE.filter(({ path, begins }) => path === block.path && block.text.startsWith(begins));
  for (const block of alone) assert.equal(holds(block).length, 1, `${at(block)} names no file`);
  for (const held of HELD_ELSEWHERE) {
    assert.ok(alone.some((block) => holds(block).includes(held)), `no block of ${held.path} begins ${held.begins}`);
    assert.ok(read(held.file).includes(`test("${held.title}"`), `${held.file} has no ${held.title}`);
  }
});

test("every block says its language, and rustdoc takes none for Rust by mistake", () => {
  for (const block of shown) assert.match(block.language, /^[a-z]+$/, at(block));
});

/** The text of the one block that a document has in this language, and that begins like this. */
function text(path, begins) {
  const found = shown.filter((block) => block.path === path && block.text.startsWith(begins));
  assert.equal(found.length, 1, `${path}: ${begins}`);
  return found[0].text;
}

/** The code of docs/subscribing.md for a page that subscribes to this topic. */
const code = (topic) => text("docs/subscribing.md", beginning(topic));

/** A page of a new hub in Chromium, and the lines of its console. */
async function consoleOf(t) {
  const server = await Server.start({ vars: { ANONYMOUS_PUBLISH: "true" } });
  t.after(() => server.stop());
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
  t.after(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(DEADLINE);
  await page.goto(`${server.origin}/`);
  const lines = [];
  page.on("console", (message) => lines.push(message.text()));
  const run = (code) => page.evaluate(`(async () => {${code.replaceAll("http://127.0.0.1:8787", server.origin)}})()`);
  return { server, lines, run };
}

test("the code of a page receives in Chromium what it publishes", async (t) => {
  const { lines, run } = await consoleOf(t);
  await run(code("greetings"));
  await until(() => lines.some((line) => /^urn:uuid:\S+ hello$/.test(line)), () => `hello: ${lines}`);
});

test("the code of a page shows what is held, and then what comes, each once", async (t) => {
  const { server, lines, run } = await consoleOf(t);
  const send = (id) => publish(server.hub(), { topic: "orders", id, data: `order ${id}` });
  for (const id of ["1", "2"]) await send(id);
  await run(code("orders"));
  for (const id of ["3", "4"]) await send(id);
  await until(() => lines.includes("4 order 4"), () => `the last order: ${lines}`);
  assert.deepEqual(lines, ["1", "2", "3", "4"].map((id) => `${id} order ${id}`));
});

test("the hub takes the issuers of the documentation", async (t) => {
  const server = await Server.start({ kind: "workerd", vars: { ISSUERS: text("docs/configuration.md", "[{\"issuer\"") } });
  t.after(() => server.stop());
  await server.health();
});

test("the dependency of the documentation is this crate with a feature that it has", () => {
  const [, version, feature] = /^millstream = \{ version = "(\S+)", .*features = \["(\w+)"\] \}$/m.exec(text("docs/embedding.md", "[dependencies]"));
  const manifest = read("Cargo.toml");
  assert.match(manifest, new RegExp(`^version = "${version}\\.\\d+"$`, "m"));
  assert.match(manifest, new RegExp(`^${feature} = \\[`, "m"));
});

test("the tarball that README names is the one that make package writes", () => {
  const [, version] = /^version = "(.*)"$/m.exec(read("Cargo.toml"));
  assert.deepEqual([...new Set(read("README.md").match(/build\/\S+\.tgz/g))], [`build/millstream-${version}.tgz`]);
});

test("the Node that README and the examples ask for is the least that wrangler runs on", () => {
  const { node } = JSON.parse(read("node_modules/wrangler/package.json")).engines;
  const [, least] = /^>=(\d+)\./.exec(node);
  const asked = ["README.md", "examples/README.md", "docs/embedding.md"].flatMap((path) => read(path).match(/Node \d+ or newer/g));
  assert.deepEqual([...new Set(asked)], [`Node ${least} or newer`]);
});

test("the errors that docs/embedding.md shows are those of the package, and one of workerd", () => {
  const modules = readdirSync(join(ROOT, "npm/worker")).filter((name) => name.endsWith(".mjs"));
  const sources = [...modules.map((name) => `npm/worker/${name}`), "npm/elsewhere.mjs"].map(read).join("\n").replace(/` \+\n\s+`/g, "");
  const [, table] = /^\| error \| cause \|\n\|---\|---\|\n((?:\|.*\n)+)/m.exec(read("docs/embedding.md"));
  const told = Array.from(table.matchAll(/^\| `([^`]+)` \|/gm), ([, error]) => error.split("…"));
  assert.equal(told.length, table.trimEnd().split("\n").length);
  const ofWorkerd = told.pop();
  for (const piece of told.flat()) assert.ok(sources.includes(piece.trim()), piece);
  const packages = join(ROOT, "node_modules/@cloudflare");
  const workerd = readFileSync(join(packages, readdirSync(packages).find((name) => name.startsWith("workerd-")), "bin/workerd"));
  const pieces = ofWorkerd.flatMap((piece) => piece.split(/"[^"]*"?/)).filter((piece) => piece !== "");
  assert.equal(pieces.length, 2);
  for (const piece of pieces) assert.ok(workerd.includes(piece), piece);
});

test("the options that docs/embedding.md lists are those of the package", () => {
  const [, table] = /^\| option \| value \| default \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/m.exec(read("docs/embedding.md"));
  const listed = Array.from(table.matchAll(/^\| `(\w+)` \|/gm), ([, option]) => option);
  const [, options] = /^const OPTIONS = (\[.*\]);$/m.exec(read("npm/worker/options.mjs"));
  assert.deepEqual(listed.toSorted(), JSON.parse(options).toSorted());
});

test("a document shows a part without its indentation and without the comments around it", () => {
  const file = "import a;\n\n// README: begin\n  if (a) {\n\n    // README: begin inner\n    b();\n    // README: end inner\n  }\n// README: end\nc();\n";
  assert.equal(part(file), "if (a) {\n\n  b();\n}");
  assert.equal(part(file, "inner"), "b();");
  assert.equal(part("a\n# README: begin x\nb\n# README: end x\n"), "a\nb");
  assert.throws(() => part(file, "outer"), /no part of the name outer/);
  assert.throws(() => part("// README: begin\na"), /one begin and one end/);
});

test("a block is found with its language, its line and its source", () => {
  const text = "# a\n\n<!-- from x/y.ts -->\n```ts\nb\n```\n\n1. c\n   ```sh\n   d\n\n   e\n   ```\n<!-- from z z1 -->\n```js\n```\n";
  assert.deepEqual(blocks(text), [
    { language: "ts", line: 4, source: { path: "x/y.ts", name: undefined }, text: "b" },
    { language: "sh", line: 9, source: undefined, text: "d\n\ne" },
    { language: "js", line: 15, source: { path: "z", name: "z1" }, text: "" },
  ]);
  assert.throws(() => blocks("```js\na"), /does not end/);
});
