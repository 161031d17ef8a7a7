// The body of a QUERY, which a Worker reads when it holds the stream: the request that opens a link has none.

/** More is refused. It is MAX_QUERY_BYTES in src/base/limits. */
const MAX_QUERY_BYTES = 131_072;
/** The object has the stream of a larger form: a held one keeps its form for its life, and sends it with each opening. */
const MAX_HELD_FORM = 16_384;

/** Whether the body is a form as it stands there. */
export function isForm(/** @type {Headers} */ headers) {
  const type = headers.get("content-type") ?? "";
  return /^\s*application\/x-www-form-urlencoded\s*(;|$)/i.test(type) && !headers.has("content-encoding");
}

/**
 * Reads the body up to where it is too large. The text is undefined if it is too large to be held, or not UTF-8.
 *
 * @param {Request} request
 * @returns {Promise<{ bytes: ArrayBuffer, text: string | undefined }>}
 */
export async function bodyOf({ body }) {
  const parts = [];
  let length = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    length += part.byteLength;
    if (length > MAX_QUERY_BYTES) break;
  }
  const bytes = await new Blob(parts).arrayBuffer();
  return { bytes, text: length > MAX_HELD_FORM ? undefined : textOf(bytes) };
}

function textOf(/** @type {ArrayBuffer} */ bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
