// A request of htmx that failed: what came back is no part of this page, so it is said in a toast and nothing is lost.

const toasts = document.getElementById("toasts");
const pattern = document.getElementById("toast-pattern");

function say(words) {
  toasts.querySelector("[data-failure]")?.remove();
  const toast = pattern.content.firstElementChild.cloneNode(true);
  toast.dataset.failure = "";
  toast.querySelector("[data-words]").textContent = words;
  toasts.append(toast);
}

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status === 403) say(pattern.dataset.forbidden);
  else if (status === 404) say(pattern.dataset.missing);
  else if (status >= 500) say(pattern.dataset.broken);
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !ctx.response) say(pattern.dataset.unreachable);
});

// A refusal stands until the next thing is tried.
document.addEventListener("htmx:before:request", ({ target }) => {
  if (!target.closest?.("#refusal")) document.getElementById("refusal")?.replaceChildren();
});
