// The deeds in a page, which keeps each thing that is told as a line.
import { run } from "./deeds.mjs";

globalThis.told = [];
globalThis.begin = (asked) => void run(asked, (told) => globalThis.told.push(JSON.stringify(told)));
