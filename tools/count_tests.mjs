// Passes a test runner's output through, and fails if no test of it has passed: RUNNER | node tools/count_tests.mjs RING
// cargo and wasm-bindgen say `test result: ok. 3 passed`, Node says `ℹ pass 3`.
import { createInterface } from "node:readline";

const ring = process.argv[2];
let passed = 0;
for await (const line of createInterface({ input: process.stdin })) {
  console.log(line);
  const [, count] = /^test result: .*?(\d+) passed/.exec(line) ?? /^(?:ℹ|#) pass (\d+)$/.exec(line) ?? [];
  passed += Number(count ?? 0);
}
console.log(`${ring}: ${passed} tests passed`);
if (passed === 0) {
  console.error(`${ring}: no test was run`);
  process.exitCode = 1;
}
