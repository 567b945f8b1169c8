// A request of htmx that failed. A form with what is wrong (422) and a refusal's card come from our pages and are shown.
// Whatever else came back, perhaps from a proxy, is no part of this page: a toast says it, and nothing typed is lost.

const toasts = document.getElementById("toasts");
const pattern = document.getElementById("toast-pattern");

function say(words) {
  toasts.querySelector("[data-failure]")?.remove();
  const toast = pattern.content.firstElementChild.cloneNode(true);
  toast.dataset.failure = "";
  toast.querySelector("[data-words]").textContent = words;
  toasts.append(toast);
}

const names = { 403: "forbidden", 404: "missing", 409: "changed", 413: "large", 429: "busy" };
const wordsFor = (status) => pattern.dataset[names[status] ?? (status >= 500 ? "broken" : "rejected")];

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status, headers } = ctx.response;
  if (status === 422 || headers.has("HX-Retarget") || headers.has("HX-Redirect")) return;
  ctx.hx.reswap = "none";
  say(wordsFor(status));
});

// What asked had no place for the form that came back.
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.response?.status === 422 && ctx.swap === "none") say(wordsFor(422));
});

// Nothing came back, or not all of it.
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && ctx.text === undefined) say(pattern.dataset.unreachable);
});

// A refusal stands until the next thing is tried.
document.addEventListener("htmx:before:request", ({ target }) => {
  if (!target.closest?.("#refusal")) document.getElementById("refusal")?.replaceChildren();
});
