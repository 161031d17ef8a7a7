// The event of an update as the hub stores it: the text that src/event_stream/encoder.rs writes, and no other.

/**
 * The fields of the event. Throws if the text is none that the hub writes.
 *
 * @param {string} text
 * @returns {{ type?: string, retry?: number, id: string, data: string }}
 */
export function fieldsOf(text) {
  let rest = text;
  const take = (/** @type {string} */ name) => {
    if (!rest.startsWith(`${name}: `)) return undefined;
    const end = rest.indexOf("\n");
    const value = rest.slice(name.length + 2, end);
    rest = rest.slice(end + 1);
    return value;
  };
  const [type, retry, id] = ["event", "retry", "id"].map(take);
  const data = rest.startsWith("data: ") && rest.endsWith("\n\n") ? rest.slice(6, -2).split("\ndata: ") : [];
  const isWritten = id !== undefined && data.length > 0 && !data.some((line) => line.includes("\n"));
  if (!isWritten || !/^\d*$/.test(retry ?? "")) throw new Error("the event is not in the form in which a hub stores it");
  return { type, retry: retry === undefined ? undefined : Number(retry), id, data: data.join("\n") };
}
