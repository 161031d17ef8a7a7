// The deeds in a process: each line that comes in asks for one, each line that goes out tells something.
import process from "node:process";
import { createInterface } from "node:readline";
import { run } from "./deeds.mjs";

const tell = (told) => process.stdout.write(`${JSON.stringify(told)}\n`);
createInterface({ input: process.stdin }).on("line", (line) => run(JSON.parse(line), tell));
