// Every command in README.md and docs/ is run, in its order, against a hub that runs.
//
// A document's blocks of `sh` share a shell. A line with the comment `# stays open` goes on in the background: a server
// must answer, and a stream must have got an update when the document ends. An error of HTTP fails the block.
// A block of `output` behind a block of `sh` is what that prints; an ellipsis stands for whatever differs.
// A block that cannot run here stands in `NOT_RUN`, with the reason and the test that holds it.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { blocks, documents, read } from "./documents.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { Shell } from "./shell.mjs";
import { until } from "./until.mjs";

/** What is not run: how the block begins, why, and the test (file and title) that shows what it promises. */
const NOT_RUN = [
  {
    path: "README.md",
    begins: "make dev ",
    why: "`make dev` installs tools and leaves its history in the clone; `make test` runs this test",
    file: "tests/e2e/dev.test.mjs",
    title: "its steps are counted, its address answers when it is printed, and it ends on an interrupt",
  },
  ...["npm install millstream", "npx wrangler dev "].map((begins) => ({
    path: "README.md",
    begins,
    why: "it needs the package, installed into an empty folder",
    file: "tests/package/readme.test.mjs",
    title: "the lines for your own Worker make a page that shows what is published, and refuse another topic",
  })),
  {
    path: "docs/operations.md",
    begins: "tools/edge-check https://hub.example/.well-known/mercure --deploy",
    why: "it takes an hour, and deploys",
    file: "tests/e2e/edge_check.test.mjs",
    title: "one stream that is held is told with its updates, its timers, the deployment and the runtime's records",
  },
  {
    path: "docs/operations.md",
    begins: "tools/edge-check https://hub.example/.well-known/mercure --compressed",
    why: "it takes minutes, and a deployed hub",
    file: "tests/e2e/edge_check.test.mjs",
    title: "a stream in gzip is read as it comes, and is told with its Vary and its bytes",
  },
  ...["mkdir -p public", "# in another terminal, in the same folder"].map((begins) => ({
    path: "README.md",
    begins,
    why: "it needs the package, installed into an empty folder",
    file: "tests/package/readme.test.mjs",
    title: "the lines for a Worker of its own make a key and a token, and publish with it",
  })),
  ...["npm install millstream ai", "MESSAGE="].map((begins) => ({
    path: "docs/ai.md",
    begins,
    why: "it needs the package, installed with those of a page",
    file: "tests/package/ai_chat.test.mjs",
    title: "the files of docs/ai.md are the whole Worker, which answers its commands",
  })),
];

const isNotRun = (path, { text }) => NOT_RUN.some((entry) => entry.path === path && text.startsWith(entry.begins));
const commands = documents().map((path) => ({ path, parts: commandsOf(blocks(read(path))) }));

/** The blocks of `sh`, each with what it prints if the document shows it. */
function commandsOf(all) {
  const outputOf = (at) => (all[at + 1]?.language === "output" ? all[at + 1].text : undefined);
  return all.flatMap((block, at) => (block.language === "sh" ? [{ ...block, output: outputOf(at) }] : []));
}

/** Whether what is printed has the lines that a document shows. */
function isShown(shown, printed) {
  const escaped = shown.split("…").map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "m").test(printed);
}

for (const { path, parts } of commands.filter(({ parts }) => parts.length > 0)) {
  test(`the commands of ${path}`, async (t) => {
    const vars = { ANONYMOUS_PUBLISH: "true", CORS_ORIGINS: "*" };
    const server = await Server.start({ kind: "workerd", vars });
    t.after(() => server.stop());
    const model = join(server.folder, "model.stream");
    writeFileSync(model, "data: a model's word\n\n");
    const origins = { "http://127.0.0.1:8787": server.origin, "https://hub.example": server.origin };
    const log = join(server.folder, "hub.log");
    const shell = new Shell({ origins, vars: { OPERATOR_KEY, MODEL: `file://${model}`, LOG: log } });
    t.after(() => shell.close());
    for (const block of parts.filter((block) => !isNotRun(path, block))) {
      await t.test(`line ${block.line}`, async () => {
        const run = () => {
          writeFileSync(log, server.output);
          return shell.run(block.text);
        };
        // A line of the log comes a little later than the answer.
        const isOfLog = block.text.includes("$LOG");
        const printed = await (isOfLog ? until(() => run().catch(() => undefined), "the lines of the log") : run());
        if (block.output !== undefined) assert.ok(isShown(block.output, printed), printed);
      });
    }
    await shell.updates();
  });
}

test("each command that is not run stands in a document, and a test holds it", () => {
  for (const { path, begins, why, file, title } of NOT_RUN) {
    const { parts } = commands.find((document) => document.path === path);
    assert.equal(parts.filter(({ text }) => text.startsWith(begins)).length, 1, `${path}: ${begins}`);
    assert.ok(why.length > 0 && read(file).includes(`test("${title}"`), `${file}: ${title}`);
  }
});

test("commands stand in blocks of sh alone, and each task of make that is named exists", () => {
  const makefile = read("Makefile");
  for (const path of documents()) {
    const text = read(path);
    for (const { language, line } of blocks(text)) assert.doesNotMatch(language, /^(bash|shell|console|zsh)$/, `${path}:${line}`);
    for (const [, task] of text.matchAll(/`make ([a-z0-9-]+)/g)) {
      assert.ok(makefile.includes(`\n${task}:`), `${path}: make ${task}`);
    }
  }
});

test("a block that fails is told with its command and its output, and an error of HTTP fails it", async (t) => {
  const server = await Server.start({ kind: "workerd" });
  t.after(() => server.stop());
  const shell = new Shell({ origins: { "https://hub.example": server.origin } });
  t.after(() => shell.close());
  await shell.run("A=1\nexport B='2 3'");
  assert.equal(await shell.run('echo "$A $B"'), "1 2 3\n");
  await assert.rejects(shell.run("echo before; false\necho after"), /^Error: 1 from:\necho before; false\necho after\nbefore\n$/);
  await assert.rejects(shell.run("curl -sS -d topic=a https://hub.example/.well-known/mercure"), /22 from:[^]*401/);
});
