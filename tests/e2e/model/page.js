// The page's side of tests/package/types/src/model.ts.
async function answer(prompt, write) {
  // README: begin page
  const { topic } = await (await fetch("/answers", { method: "POST", body: prompt })).json();
  const source = new EventSource(`/events?${new URLSearchParams({ topic, lastEventID: "earliest" })}`);
  source.onmessage = ({ data }) => write(JSON.parse(data).choices[0]?.delta?.content ?? "");
  source.addEventListener("end", ({ data }) => write(JSON.parse(data).reason === "broken" ? " … it broke off" : ""));
  // README: end page
}
