/** What the stand-in for a model says, word by word. */
export function wordsFor(asked: string): string[] {
  const text = `You asked: “${asked}”

I am a stand-in for a model: I write 25 words a second and know nothing, so that you can try this page without a key.

While I write, reload the page, close it and open it again, or open the same address in a second tab. Each of them shows what I have written so far, and then goes on with me. Nothing is missing and nothing stands there twice, because every word is in the hub before anyone reads it again.

The button “Stop” reaches me from every tab, also from one that did not ask. And if the server is killed while I write, the page says that the answer broke off, and keeps what was written. Ask me to fail, and I break off by myself.

When I have ended, the stream ends too, so that no page waits for me any more.`;
  return text.match(/\s*\S+/g) ?? [];
}
