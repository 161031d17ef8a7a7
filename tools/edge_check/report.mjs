// What is printed at the end: facts, and whether each update came as it has to.

export function report({ client, publisher, deployment, tail, coding, late }) {
  const expected = publisher.sent.map((_, number) => String(number));
  const received = client.updates.map(({ number }) => number);
  const isWhole = JSON.stringify(received) === JSON.stringify(expected);
  const delayed = client.updates.filter(({ number, at, opened }) => at - Math.max(publisher.sent[number]?.taken ?? at, opened) > late);
  const streams = client.connections.filter(({ opened }) => opened !== undefined);
  const isCoded = streams.every(({ answer }) => answer.coding === coding);
  const lines = [
    "",
    ...updates({ client, publisher, isWhole }),
    ...live(delayed, late),
    ...coded({ streams, coding, isCoded }),
    ...connections(client),
    ...timers(client),
    ...lives(publisher),
    ...deployed(deployment),
    ...processor(tail),
  ];
  return { text: `${lines.join("\n")}\n`, isGood: isWhole && isCoded && delayed.length === 0 };
}

function updates({ client, publisher, isWhole }) {
  const delays = client.updates.map(({ number, at }) => at - (publisher.sent[number]?.at ?? at)).sort((a, b) => a - b);
  const told = isWhole ? "each came once and in order" : `LOST, TWICE OR OUT OF ORDER: ${client.updates.map(({ number }) => number).join(" ")}`;
  const times = delays.length === 0 ? "" : `; the middle one took ${delays[delays.length >> 1]} ms, the slowest ${delays.at(-1)} ms`;
  return [`updates: ${publisher.sent.length} published, ${client.updates.length} received: ${told}${times}`, `gaps told: ${client.gaps}`];
}

function live(delayed, late) {
  if (delayed.length === 0) return [`live: no update took more than ${seconds(late)} while its stream was open`];
  return [`live: LATE, by more than ${seconds(late)} while its stream was open: ${delayed.map(({ number }) => number).join(" ")}`];
}

function coded({ streams, coding, isCoded }) {
  const answers = streams.map(({ answer }) => answer);
  const [bytes, text] = ["bytes", "textBytes"].map((name) => answers.reduce((sum, answer) => sum + answer[name], 0));
  const told = [...new Set(answers.map(({ coding, vary }) => `${coding}, with ${vary === undefined ? "no Vary" : `Vary: ${vary}`}`))];
  const amount = `${bytes} bytes on the wire for ${text} bytes of text`;
  return [`coding: ${coding} asked for${isCoded ? "" : ", AND NOT GIVEN"}; ${amount}`, ...told.map((answer) => `  ${answer}`)];
}

function connections({ connections }) {
  const streams = connections.filter(({ opened }) => opened !== undefined);
  return [
    `streams: ${streams.length}${streams.length === 1 ? ", the client never reconnected" : ""}`,
    ...connections.map(({ asked, opened, ended, why }) =>
      opened === undefined ? `  ${clock(asked)} refused: ${why}` : `  ${clock(opened)} to ${clock(ended)} (${seconds(ended - opened)}): ${why}`,
    ),
  ];
}

function timers({ connections }) {
  const comments = connections.reduce((sum, { comments }) => sum + comments, 0);
  const silence = Math.max(...connections.map(({ silence }) => silence));
  return [`timers: ${comments} comments came; the longest time in which nothing came was ${seconds(silence)}`];
}

function lives({ sent }) {
  const told = sent.filter(({ since }) => since !== undefined);
  if (told.length === 0) return ["sleep: not seen; OPERATOR_KEY lets the hub tell since when it is awake"];
  const woken = told.filter(({ at, since }) => since >= at).length;
  const lives = new Set(told.map(({ since }) => since)).size;
  const { links, connections } = told.at(-1);
  return [
    `sleep: ${woken} of ${told.length} publications met a hub that slept or was reset; ${lives} lives of its object were seen`,
    `links: ${links} of ${connections} connections of the hub were held by Workers at the last look`,
  ];
}

function deployed({ began, ended, code }) {
  if (began === undefined) return ["deployment: none"];
  if (code === undefined) return [`deployment: by hand, from ${clock(began)} on`];
  return [`deployment: from ${clock(began)} to ${clock(ended)}, with the code ${code}`];
}

function processor(tail) {
  if (tail === undefined) return ["CPU: not seen; --tail lets the runtime tell it, or look at the Worker's metrics"];
  const kinds = Map.groupBy(tail.records, ({ entrypoint, executionModel, outcome }) => `${entrypoint ?? executionModel ?? "Worker"}, ${outcome}`);
  const rows = [...kinds].map(([kind, records]) => {
    const cpu = records.reduce((sum, { cpuTime = 0 }) => sum + cpuTime, 0);
    const longest = records.reduce((most, record) => ((record.wallTime ?? 0) > (most.wallTime ?? 0) ? record : most));
    return `  ${kind}: ${records.length} invocations, ${cpu} ms of CPU; the longest took ${seconds(longest.wallTime ?? 0)} and ${longest.cpuTime ?? 0} ms of CPU`;
  });
  return [`CPU: ${tail.records.length} records of the runtime`, ...rows];
}

const clock = (at) => new Date(at).toISOString().slice(11, 19);
const seconds = (time) => `${(time / 1_000).toFixed(1)} s`;
