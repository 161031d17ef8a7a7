// Reads the stream at the URL that is its argument, by the runtime's `fetch`, and prints a line of JSON for each update.
const url = globalThis.Deno?.args[0] ?? process.argv[2];
const PAUSE = 100;
const headers = {};
let text = "";

function tell() {
  const blocks = text.split("\n\n");
  text = blocks.pop();
  for (const block of blocks) {
    const [, id, data] = /^id: (.*)\ndata: (.*)$/m.exec(block) ?? [];
    if (id !== undefined) {
      headers["last-event-id"] = id;
      console.log(JSON.stringify({ type: "message", data, id }));
    }
  }
}

for (;;) {
  try {
    const { body } = await fetch(url, { headers });
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      text += part;
      tell();
    }
  } catch (error) {
    console.error(String(error));
  }
  text = "";
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}
