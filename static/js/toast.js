// Toasts go by themselves, slower when they hold something to press, and never while somebody is on them.

const READ = 6000;
const ACT = 12000;

function leave(toast) {
  toast.classList.add("toast-leaving");
  setTimeout(() => toast.remove(), 250);
}

function watch(toast) {
  if (toast.matches(".toast-error, [data-watched]")) return;
  toast.dataset.watched = "";
  let timer;
  const wait = () => (timer = setTimeout(() => leave(toast), toast.querySelector("form, a") ? ACT : READ));
  const hold = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusout", wait);
  wait();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toast-close]");
  if (button) leave(button.closest(".toast"));
});

const toasts = document.getElementById("toasts");
if (toasts) {
  new MutationObserver(() => toasts.querySelectorAll(".toast").forEach(watch)).observe(toasts, { childList: true });
  toasts.querySelectorAll(".toast").forEach(watch);
}
