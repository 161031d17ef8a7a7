// Publications with fields of random characters. A fixed seed makes them the same in every run.
import assert from "node:assert/strict";

const FIELDS = ["topic", "topic", "data", "id", "type", "retry", "private", "x"];
const ALPHABET = ["a", "/", ":", "*", "#", "{", "%", "+", " ", "0", "é", "\u{1f600}", "\n", "\r", "\0", "\u{7f}", "\u{200b}"];
const COUNT = 100;

/** A function that returns whole numbers from 0 up to its argument, without it: a linear congruential generator. */
function numbers(seed) {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/**
 * Each of them is answered 400, or 200 with its id or a new one, which is never empty. Both answers occur. No topic is
 * long enough to be one of the hub's own, which 0.x answers with 403.
 */
export async function assertAnswersRandomFields(hub, authorization) {
  const number = numbers(7);
  const text = () => Array.from({ length: number(5) }, () => ALPHABET[number(ALPHABET.length)]).join("");
  const headers = await authorization();
  const statuses = new Set();
  for (let count = 0; count < COUNT; count += 1) {
    const body = new URLSearchParams(FIELDS.filter(() => number(2) === 0).map((field) => [field, text()]));
    const response = await fetch(hub, { method: "POST", body, headers });
    const answer = await response.text();
    statuses.add(response.status);
    if (response.status !== 200) {
      assert.equal(response.status, 400, `${body}: ${answer}`);
      continue;
    }
    assert.equal(answer, body.get("id") || answer, String(body));
    assert.notEqual(answer, "");
  }
  assert.deepEqual([...statuses].sort(), [200, 400]);
}
