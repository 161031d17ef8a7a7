// The package's client in Node, Deno and Bun.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describeRuntimes } from "./describe_runtimes.mjs";
import { Process } from "./runtimes.mjs";

const installed = (name) => fileURLToPath(new URL(`node_modules/${name}`, import.meta.url));
const NODE_20 = [installed("node-20/bin/node")];
const COMMANDS = {
  "Node 20": NODE_20,
  [`Node ${process.versions.node.split(".")[0]}`]: [process.execPath],
  Deno: [installed("@deno/linux-x64-glibc/deno"), "run", "--cached-only", "--allow-net=127.0.0.1"],
  Bun: [installed("@oven/bun-linux-x64/bin/bun")],
};
/** The parser's version 4 asks for Node 22.12, so who has Node 20 may have this one. */
const PARSER_3 = "eventsource-parser@3.1.0";

describeRuntimes({
  ...Object.fromEntries(
    Object.entries(COMMANDS).map(([name, command]) => [name, ({ project }) => new Process(project, command)]),
  ),
  // It is the last one, since the project has the other parser from now on.
  [`Node 20, with ${PARSER_3}`]: async ({ project }) => {
    await project.command("npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", PARSER_3);
    const parsers = await project.command("npm", "ls", "--all", "--parseable", "--long", "eventsource-parser");
    assert.match(parsers, /^\S*:eventsource-parser@3\.1\.0\S*\s*$/);
    return new Process(project, NODE_20);
  },
});
