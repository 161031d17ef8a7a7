// Wires the two forms, the connection panel and the log together.

import { Hub, Problem } from "./hub.js";
import { Subscription } from "./subscription.js";
import { MAX_ROWS, UpdateLog } from "./update_log.js";


const STATE_NAMES = {
  connecting: "Connecting",
  open: "Open",
  reconnecting: "Reconnecting",
  closed: "Closed",
};

const $ = (id) => document.getElementById(id);
const subscribeForm = $("subscribe");
const publishForm = $("publish");
const publishedTypes = new Set();

let subscription = null;
let received = 0;
let publishing = false;

const log = new UpdateLog($("log"), $("announcement"), (rows) => {
  $("log").hidden = rows === 0;
  $("empty").hidden = rows > 0;
  $("clear").disabled = rows === 0;
  $("shown").textContent = rows < MAX_ROWS ? "Newest first." : `The newest ${rows}, newest first.`;
});

const observer = {
  changed(state, reason) {
    $("state").dataset.state = state;
    $("state-name").textContent = STATE_NAMES[state];
    $("state-reason").textContent = reason;
    $("close").disabled = state === "closed";
  },
  received(event) {
    received += 1;
    $("received").textContent = received.toLocaleString();
    $("last-event-id").textContent = event.lastEventId || "–";
    log.addUpdate(event);
  },
  resumed() {
    $("resumes").textContent = subscription.resumes.toLocaleString();
    const { lastEventId } = subscription;
    log.addNote("resumed", lastEventId ? `Resumed after ${lastEventId}` : "Connected again");
  },
  gap({ requested, first }) {
    const after = requested ? `after ${requested}` : "that this page was too slow for";
    const goesOn = first ? `the stream goes on with ${first}` : "the stream goes on with what comes next";
    log.addNote("gap", `Gap: the updates ${after} are no longer held; ${goesOn}.`);
  },
};

function lines(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

function chosenHub() {
  return new Hub(subscribeForm.elements.hub.value.trim(), location.origin);
}

function publishFields() {
  const { topic, data, type, id, retry, private: isPrivate } = publishForm.elements;
  const optional = [
    ["type", type.value],
    ["id", id.value],
    ["retry", retry.value.trim()],
  ];
  return [
    ...lines(topic.value).map((line) => ["topic", line]),
    ["data", data.value],
    ...optional.filter(([, value]) => value !== ""),
    ...(isPrivate.checked ? [["private", "on"]] : []),
  ];
}

function subscribe() {
  subscription?.close();
  received = 0;
  log.clear();
  for (const id of ["received", "resumes"]) $(id).textContent = "0";
  $("last-event-id").textContent = "–";

  const { topics, types, start } = subscribeForm.elements;
  const listed = types.value
    .split(",")
    .map((type) => type.trim())
    .filter(Boolean);
  subscription = new Subscription(
    chosenHub().subscribeUrl(lines(topics.value), start.value.trim()),
    [...listed, ...publishedTypes],
    observer,
  );
}

async function publish() {
  if (publishing) return;
  publishing = true;
  const fields = publishFields();
  const type = publishForm.elements.type.value;
  if (type) listenForPublished(type);
  try {
    showAccepted(await chosenHub().publish(fields));
    // An id belongs to one update, so the next one needs another.
    publishForm.elements.id.value = "";
    showCurl();
  } catch (error) {
    showProblem(error instanceof Problem ? error : new Problem({ title: "The hub cannot be reached" }));
  } finally {
    publishing = false;
  }
}

function listenForPublished(type) {
  publishedTypes.add(type);
  $("published-types").textContent = `: ${[...publishedTypes].join(", ")}`;
  subscription?.listenFor(type);
}

function showAccepted(id) {
  markField(null);
  outcome("accepted", "Published", id);
}

function showProblem({ title, detail, field }) {
  outcome("problem", title, detail, field && `Field: ${field}`);
  markField(field);
}

function outcome(className, title, ...texts) {
  const strong = document.createElement("strong");
  strong.textContent = title;
  const paragraphs = texts.filter(Boolean).map((text) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    return paragraph;
  });
  $("outcome").className = className;
  $("outcome").replaceChildren(strong, ...paragraphs);
}

/** Marks the control that the problem names, if this form has one of that name. */
function markField(name) {
  for (const control of publishForm.elements) control.removeAttribute("aria-invalid");
  const control = name ? publishForm.elements.namedItem(name) : null;
  if (!control) return;
  control.closest("details")?.setAttribute("open", "");
  control.setAttribute("aria-invalid", "true");
  control.focus();
}

function showCurl() {
  const hub = chosenHub();
  $("curl-subscribe").textContent = hub.curlSubscribe(lines(subscribeForm.elements.topics.value));
  $("curl-publish").textContent = hub.curlPublish(publishFields());
}

/** Without a secure context there is no clipboard. The command is then selected instead. */
async function copy(button) {
  const source = $(button.dataset.copies);
  try {
    await navigator.clipboard.writeText(source.textContent);
    $("copied").textContent = "Copied";
    button.classList.add("done");
    setTimeout(() => {
      button.classList.remove("done");
      $("copied").textContent = "";
    }, 1500);
  } catch {
    getSelection().selectAllChildren(source);
  }
}

function submitOnControlEnter(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.currentTarget.requestSubmit();
  }
}

for (const [form, act] of [
  [subscribeForm, subscribe],
  [publishForm, publish],
]) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
  form.addEventListener("keydown", submitOnControlEnter);
  form.addEventListener("input", showCurl);
}
for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", () => copy(button));
}
$("close").addEventListener("click", () => subscription.close());
$("clear").addEventListener("click", () => log.clear());
showCurl();
subscribe();
