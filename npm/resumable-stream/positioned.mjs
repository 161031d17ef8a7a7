// The chunks of a text with their places, so that a reader can begin anywhere and sees that nothing is missing.

/** Characters of an update. Their JSON within JSON takes up to seven bytes for each, and a line has at most 1 MiB. */
const MOST = 65_536;

/**
 * A part of a text, and how many characters are before it.
 *
 * @typedef {{ at: number, text: string }} Part
 */

/**
 * The parts of a stream of texts.
 *
 * @param {ReadableStream<string>} stream
 * @returns {ReadableStream<Part>}
 */
export function positioned(stream) {
  if (!(stream instanceof ReadableStream)) throw new TypeError("makeStream gave no ReadableStream");
  let at = 0;
  /** @type {Transformer<string, Part>} */
  const transformer = {
    transform(chunk, controller) {
      if (typeof chunk !== "string") throw new TypeError(`a chunk of the stream is no text, but ${typeof chunk}; decode bytes first`);
      for (let begin = 0; begin < chunk.length; begin += MOST) {
        const text = chunk.slice(begin, begin + MOST);
        controller.enqueue({ at, text });
        at += text.length;
      }
    },
  };
  return stream.pipeThrough(new TransformStream(transformer));
}
