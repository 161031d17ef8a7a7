// A page's client of its hub: requests go to `hub.fetch` instead of `fetch`.
const HUB = "https://page.example/.well-known/mercure";

/** Publishes `data` to a topic; resolves when the hub has accepted it. */
export async function publish(hub, topic, data) {
  const response = await hub.fetch(new Request(HUB, { method: "POST", body: new URLSearchParams({ topic, data }) }));
  if (!response.ok) throw new Error(await response.text());
}

/** Calls `receive` with the data of each update that the topic selector matches, until the stream ends or `signal` aborts. */
export async function subscribe(hub, topic, receive, signal) {
  const response = await hub.fetch(new Request(`${HUB}?${new URLSearchParams({ topic })}`, { signal }));
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const data = block.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
      if (data.length > 0) receive(data.join("\n"));
    }
  }
}
