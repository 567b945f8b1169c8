// The rest of the chat page: keys, starters, the picker's name, long questions, and what a screen reader is told.

import { focusComposer, liveAnswer, stopAnswer, write } from "./composer.js";

const status = document.getElementById("status");
const messages = document.getElementById("messages");
const LONG = 400;

document.addEventListener("keydown", (event) => {
  const open = document.querySelector("dialog[open], [popover].menu:popover-open");
  if (event.key === "Escape" && event.shiftKey) {
    event.preventDefault();
    focusComposer();
  } else if (event.key === "Escape" && event.target.closest(".chat-rename")) {
    const form = event.target.closest(".chat-rename");
    htmx.ajax("GET", form.dataset.cancel, { target: form.closest(".nav-row"), swap: "outerHTML" });
  } else if (event.key === "Escape" && !open && !event.isComposing && liveAnswer()) {
    event.preventDefault();
    stopAnswer();
  } else if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "o") {
    event.preventDefault();
    location.assign("/");
  }
});

document.addEventListener("click", (event) => {
  const starter = event.target.closest("[data-starter]");
  if (starter) write(`${starter.dataset.starter}\n\n`);
  const unfold = event.target.closest("[data-unfold]");
  if (unfold) {
    unfold.hidden = true;
    unfold.parentElement.querySelector("[data-fold]").classList.remove("folded");
  }
});

const picker = document.getElementById("picker");
picker?.addEventListener("change", (event) => {
  document.querySelector("[data-picked]").textContent = event.target.dataset.name;
});
picker?.addEventListener("click", (event) => {
  // A click on a model chooses it; the arrow keys only walk (their clicks have no place on the screen).
  if (event.target.matches("input") && event.detail) picker.hidePopover();
});
picker?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  picker.hidePopover();
  focusComposer();
});

function fold() {
  for (const body of messages.querySelectorAll("[data-fold]:not([data-seen])")) {
    body.dataset.seen = "";
    if (body.scrollHeight <= LONG) continue;
    body.classList.add("folded");
    body.parentElement.querySelector("[data-unfold]").hidden = false;
  }
}

let live = liveAnswer();

function announce() {
  const now = liveAnswer();
  if (live && !now) {
    const answers = messages.querySelectorAll(".answer[data-state]");
    const state = answers[answers.length - 1]?.dataset.state;
    status.textContent = status.dataset[state === "done" ? "answered" : "stopped"];
    if (document.activeElement === document.body) focusComposer();
  }
  live = now;
}

if (messages) {
  fold();
  new MutationObserver(() => {
    fold();
    announce();
  }).observe(messages.parentElement, { childList: true, subtree: true });
}
