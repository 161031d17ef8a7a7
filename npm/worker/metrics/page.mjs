// The metrics of hubs as text.
import { AGE, FAMILIES, SUMS } from "./families.mjs";
import { isReadable } from "./report.mjs";
import { samplesOf } from "./samples.mjs";
import { headOf, sampleOf } from "./text.mjs";

/** @import { Report } from "./report.mjs" */
/** @import { Form } from "./text.mjs" */

/** Characters: a piece of a page has about as many. */
const PIECE = 64 * 1024;

const ALL = [...SUMS, ...FAMILIES];

/**
 * The metrics of one hub.
 *
 * @param {{ hub: string, report: Report }} of
 * @param {Form} form
 */
export function pageOf(of, form) {
  return ALL.map((family) => headOf(family, form) + samplesOf(family, of)).join("") + form.end;
}

/**
 * The metrics of all hubs, one family after the other, in pieces. So as many hubs as there may be need no more memory than
 * their reports.
 *
 * @param {import("./report.mjs").Reported[]} hubs
 * @param {Form} form
 */
export function* piecesOf(hubs, form) {
  const now = Date.now();
  let piece = headOf(AGE, form);
  for (const { name, time } of hubs) {
    piece += sampleOf(AGE.name, [["hub", name]], Math.max(0, now - time) / 1_000);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  for (const family of ALL) {
    piece += headOf(family, form);
    for (const { name: hub, report } of hubs) {
      if (report === null || !isReadable(report)) continue;
      piece += samplesOf(family, { hub, report });
      if (piece.length < PIECE) continue;
      yield piece;
      piece = "";
    }
  }
  yield piece + form.end;
}

/** The pieces as a body, which makes each when it is read. */
export function bodyOf(/** @type {Iterator<string>} */ pieces) {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      pull(controller) {
        const { done, value } = pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
    },
    { highWaterMark: 0 },
  );
}
