// A button with data-copy copies the code block around it, or what data-copy-target (a selector) points at.
// One without a word of its own (a kept answer knows no language) is named here, and hidden without scripts.

const words = document.getElementById("status")?.dataset ?? {};

function textFor(button) {
  const target = button.dataset.copyTarget
    ? document.querySelector(button.dataset.copyTarget)
    : button.closest(".code")?.querySelector("pre");
  return target ? (target.value ?? target.dataset.copyText ?? target.innerText) : "";
}

// Browsers give the clipboard to secure pages only; inside a company plain http happens.
function copyBySelection(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function announce(text) {
  const status = document.getElementById("status");
  if (status) status.textContent = text;
}

// Shows on the button that it worked; gives back the way to how it was.
function mark(button, copied) {
  const drawing = button.querySelector("use");
  const before = drawing ? drawing.getAttribute("href") : button.textContent;
  const show = (value) => (drawing ? drawing.setAttribute("href", value) : (button.textContent = value));
  if (button.dataset.copy === "done") return () => {};
  button.dataset.copy = "done";
  show(drawing ? before.replace("#copy", "#check") : copied);
  return () => {
    button.dataset.copy = "";
    show(before);
  };
}

function name() {
  for (const button of document.querySelectorAll(".code-head > [data-copy]:empty")) button.textContent = words.copy;
}

name();
new MutationObserver(name).observe(document.body, { childList: true, subtree: true });

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const done = await copy(textFor(button));
  announce(done ? words.copied : words.notCopied);
  if (!done) return;
  const undo = mark(button, words.copied);
  setTimeout(undo, 2000);
});
