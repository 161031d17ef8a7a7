// The body of a QUERY, which a Worker reads when it holds the stream: the request that opens a link has none.

/** More is refused. It is MAX_QUERY_BYTES in src/base/limits. */
const MAX_QUERY_BYTES = 131_072;

/**
 * Reads the body up to where it is too large.
 *
 * @param {Request} request
 * @returns {Promise<{ bytes: Uint8Array<ArrayBuffer>, isTooLarge: boolean }>}
 */
export async function bodyOf({ body }) {
  const parts = [];
  let length = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    length += part.byteLength;
    if (length > MAX_QUERY_BYTES) break;
  }
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return { bytes, isTooLarge: length > MAX_QUERY_BYTES };
}
