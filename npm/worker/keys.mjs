// Keys by way of the host: fetched key sets, and imported keys.

/**
 * Imported keys, by algorithm, format and bytes. They are values that any request may use.
 *
 * @type {Map<string, CryptoKey>}
 */
const imported = new Map();

/**
 * The `CryptoKey` of these bytes, for this algorithm alone. Beyond `maxImported` keys, all that are kept are forgotten.
 *
 * @param {{ format: any, bytes: Uint8Array<ArrayBuffer>, algorithm: any, algorithmName: string, maxImported: number }} key
 */
export async function importKey({ format, bytes, algorithm, algorithmName, maxImported }) {
  const id = `${algorithmName} ${format} ${String.fromCharCode(...bytes)}`;
  const known = imported.get(id);
  if (known !== undefined) return known;
  const key = await crypto.subtle.importKey(format, bytes, algorithm, false, ["verify"]);
  if (imported.size >= maxImported) imported.clear();
  imported.set(id, key);
  return key;
}

/**
 * The text at `url`. It must arrive within `timeout` milliseconds and have at most `limit` bytes. The message of an error
 * is for the log.
 *
 * @param {{ url: string, limit: number, timeout: number }} of
 */
export async function loadKeySet({ url, limit, timeout }) {
  /** @type {RequestInit} */
  const init = {
    headers: { accept: "application/jwk-set+json, application/json" },
    // A redirection could lead anywhere.
    redirect: "manual",
    signal: AbortSignal.timeout(timeout),
  };
  const response = await fetch(url, init).catch(lost);
  if (!response.ok) throw new Error(`the key set was answered with the status ${response.status}`);
  const chunks = [];
  let size = 0;
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(lost);
    if (done) break;
    size += value.length;
    if (size > limit) {
      reader.cancel().catch(() => {});
      throw new Error(`the key set is larger than ${limit} bytes`);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Error("the key set is not UTF-8");
  }
}

/** @returns {never} */
function lost(/** @type {unknown} */ error) {
  throw new Error(`the key set did not arrive: ${error}`);
}
