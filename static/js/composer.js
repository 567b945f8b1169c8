// The composer: grows, sends with Enter, keeps the text until the server has it, and turns Send into Stop.

const form = document.getElementById("composer");
const text = document.getElementById("composer-text");
const problem = document.getElementById("composer-problem");
const send = form?.querySelector("[data-send]");
const stop = form?.querySelector("[data-stop-answer]");
const draft = `draft:${form?.dataset.draft}`;
const touch = matchMedia("(pointer: coarse)");
let sending = false;

export const liveAnswer = () => document.querySelector("#messages .answer-live");

export function stopAnswer() {
  liveAnswer()?.querySelector("form")?.requestSubmit();
}

export function focusComposer() {
  text?.focus({ preventScroll: true });
}

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

function refresh() {
  const answering = Boolean(liveAnswer());
  stop.hidden = !answering;
  send.hidden = answering;
  send.disabled = sending || !text.value.trim() || !form.querySelector("[name=model]:checked");
}

function changed() {
  if (text.value) sessionStorage.setItem(draft, text.value);
  else sessionStorage.removeItem(draft);
  grow();
  refresh();
}

export function write(words) {
  text.value = words;
  changed();
  focusComposer();
  text.setSelectionRange(words.length, words.length);
}

function say(name) {
  problem.replaceChildren(document.getElementById(`problem-${name}`).content.cloneNode(true));
}

function onEnter(event) {
  // While an input method composes, Enter chooses a character. Safari says so by the key code only.
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
  if (event.shiftKey || touch.matches) return;
  event.preventDefault();
  if (!send.hidden && !send.disabled) form.requestSubmit(send);
}

function onAnswer(event) {
  const { response } = event.detail.ctx;
  if (event.detail.ctx.sourceElement !== form) return;
  if (response.status === 403) {
    event.preventDefault();
    say("reload");
  } else if (response.status >= 500 || response.status === 404) {
    event.preventDefault();
    say("server");
  } else if (response.status < 400) {
    problem.replaceChildren();
    text.value = "";
    changed();
  }
}

if (form) {
  if (!text.value) text.value = sessionStorage.getItem(draft) ?? "";
  text.addEventListener("input", changed);
  text.addEventListener("keydown", onEnter);
  form.addEventListener("change", refresh);
  stop.addEventListener("click", stopAnswer);
  form.addEventListener("htmx:before:request", () => {
    sending = true;
    refresh();
  });
  form.addEventListener("htmx:before:response", onAnswer);
  form.addEventListener("htmx:finally:request", () => {
    sending = false;
    refresh();
  });
  form.addEventListener("htmx:error", (event) => {
    event.stopPropagation();
    say("offline");
  });
  const messages = document.getElementById("messages");
  if (messages) {
    new MutationObserver(refresh).observe(messages.parentElement, { childList: true, subtree: true });
  }
  changed();
  if (!touch.matches) focusComposer();
}
