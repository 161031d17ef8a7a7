// Wires the two forms, the connection panel and the log together.

import { Hub, Problem } from "./hub.js";
import { Subscription } from "./subscription.js";
import { TokenField } from "./token_field.js";
import { MAX_ROWS, UpdateLog } from "./update_log.js";

/** The name of each state, and what stands where updates will be. */
const STATES = {
  connecting: ["Connecting", "Nothing yet."],
  open: ["Open", "Nothing yet. Publish something to these topics, and it is shown here."],
  reconnecting: ["Reconnecting", "Nothing yet."],
  refused: ["Refused", "Nothing can be shown, since the hub refused the subscription."],
  closed: ["Closed", "Nothing was received. Subscribe to see updates arrive."],
};

const $ = (id) => document.getElementById(id);
const subscribeForm = $("subscribe");
const publishForm = $("publish");

let subscription = null;
let received = 0;
let publishing = false;
/** Why the last publication was refused, as long as this is shown. */
let problemShown = null;

const log = new UpdateLog($("log"), $("announcement"), (rows) => {
  $("log").hidden = rows === 0;
  $("empty").hidden = rows > 0;
  $("clear").disabled = rows === 0;
  $("shown").textContent = rows < MAX_ROWS ? "Newest first." : `The newest ${rows}, newest first.`;
});

const tokenField = new TokenField($("token"), {
  show: $("show-token"),
  clear: $("clear-token"),
  changed() {
    if (problemShown?.isAboutToken) clearOutcome();
  },
});

const observer = {
  changed(state, reason, problem) {
    const [name, whileEmpty] = STATES[state];
    $("state").dataset.state = state;
    $("state-name").textContent = name;
    $("state-reason").textContent = reason;
    $("empty").textContent = whileEmpty;
    $("help").hidden = !problem?.isAboutToken;
    $("close").disabled = state === "closed" || state === "refused";
    // The hub answers again: another try may now succeed.
    if (state === "open" && problemShown?.isPassing) clearOutcome();
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
    log.addNote("resumed", isOfUpdate(lastEventId) ? `Resumed after ${lastEventId}` : "Connected again");
  },
  gap({ requested, first }) {
    const known = isOfUpdate(requested) ? `after ${requested}` : "since this page was connected last";
    const after = requested ? known : "that this page was too slow for";
    const goesOn = first ? `the stream goes on with ${first}` : "the stream goes on with the next update";
    log.addNote("gap", `Gap: the updates ${after} are no longer held; ${goesOn}.`);
  },
};

/** Whether an id is that of an update. Other ids are places, which only the hub can read. */
function isOfUpdate(id) {
  return Boolean(id) && !/^(?:#|earliest$)/.test(id);
}

function lines(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

function chosenHub() {
  return new Hub(subscribeForm.elements.hub.value.trim(), location.origin, tokenField.token);
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
  if (!tokenField.canBeSent) return;
  subscription?.close();
  received = 0;
  log.clear();
  for (const id of ["received", "resumes"]) $(id).textContent = "0";
  $("last-event-id").textContent = "–";

  const { topics, start } = subscribeForm.elements;
  const hub = chosenHub();
  subscription = new Subscription(hub.topicsUrl(lines(topics.value), start.value.trim()), hub.headers, observer);
}

async function publish() {
  if (publishing || !tokenField.canBeSent) return;
  publishing = true;
  try {
    showAccepted(await chosenHub().publish(publishFields()));
    // An id belongs to one update, so the next one needs another.
    publishForm.elements.id.value = "";
    showCurl();
  } catch (error) {
    showProblem(error instanceof Problem ? error : new Problem({ title: "The hub cannot be reached" }));
  } finally {
    publishing = false;
  }
}

function showAccepted(id) {
  clearOutcome();
  outcome("accepted", "Published", [id]);
}

function showProblem(problem) {
  const { title, detail, field } = problem;
  const help = problem.isAboutToken && "Enter a token for this. To make one: npx millstream token --publish '*'";
  outcome("problem", title, [detail, field && `Field: ${field}`, help]);
  problemShown = problem;
  markField(field);
}

function clearOutcome() {
  problemShown = null;
  markField(null);
  $("outcome").className = "";
  $("outcome").replaceChildren();
}

function outcome(className, title, texts) {
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
$("enter-token").addEventListener("click", () => $("token").focus());
$("raw").addEventListener("click", ({ currentTarget }) => {
  const isRaw = currentTarget.getAttribute("aria-pressed") !== "true";
  currentTarget.setAttribute("aria-pressed", String(isRaw));
  log.setRaw(isRaw);
});
showCurl();
subscribe();
