// The package's client in Node, Deno and Bun.
import { fileURLToPath } from "node:url";
import { describeRuntimes } from "./describe_runtimes.mjs";
import { Process } from "./runtimes.mjs";

const installed = (name) => fileURLToPath(new URL(`node_modules/${name}`, import.meta.url));
const COMMANDS = {
  "Node 20": [installed("node-20/bin/node")],
  [`Node ${process.versions.node.split(".")[0]}`]: [process.execPath],
  Deno: [installed("@deno/linux-x64-glibc/deno"), "run", "--cached-only", "--allow-net=127.0.0.1"],
  Bun: [installed("@oven/bun-linux-x64/bin/bun")],
};

describeRuntimes(
  Object.fromEntries(
    Object.entries(COMMANDS).map(([name, command]) => [name, ({ project }) => new Process(project, command)]),
  ),
);
