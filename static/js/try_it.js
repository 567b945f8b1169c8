// The form of the page for developers: sends what is in it to /v1 and shows what comes, as it comes.

const form = document.getElementById("try-form");
const status = document.getElementById("try-status");
const stop = document.getElementById("try-stop");
const shownHeaders = document.getElementById("try-headers");
const shown = document.getElementById("try-answer");
const TOLD = /^(x-|retry-after|location|content-type)/;
let running = null;

const examples = new Map([[form.elements.address.value, form.elements.body.value]]);

form.elements.address.addEventListener("change", () => {
  const [method, path] = form.elements.address.value.split(" ");
  form.elements.path.value = path;
  form.elements.body.value = method === "GET" ? "" : (examples.get(form.elements.address.value) ?? "{}");
});

form.elements.body.addEventListener("input", () => {
  examples.set(form.elements.address.value, form.elements.body.value);
});

async function send() {
  const [method] = form.elements.address.value.split(" ");
  const path = new URL(form.elements.path.value, location.origin);
  if (path.origin !== location.origin || !path.pathname.startsWith("/v1/")) throw new Error("/v1/…");
  const began = performance.now();
  const answer = await fetch(path, {
    method,
    headers: { Authorization: `Bearer ${form.elements.key.value.trim()}`, "Content-Type": "application/json" },
    body: method === "GET" ? undefined : form.elements.body.value,
    credentials: "omit",
    signal: running.signal,
  });
  const told = [...answer.headers].filter(([name]) => TOLD.test(name));
  shownHeaders.textContent = told.map(([name, value]) => `${name}: ${value}`).join("\n");
  shownHeaders.hidden = shown.hidden = false;
  await show(answer);
  status.textContent = `${answer.status} · ${((performance.now() - began) / 1000).toFixed(1)} s`;
}

async function show(answer) {
  shown.textContent = "";
  if (answer.headers.get("content-type")?.startsWith("application/json")) {
    shown.textContent = JSON.stringify(await answer.json(), null, 2);
    return;
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) shown.append(piece.value);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  running?.abort();
  running = new AbortController();
  stop.hidden = false;
  status.textContent = "…";
  try {
    await send();
  } catch (error) {
    status.textContent = error.name === "AbortError" ? "" : error.message;
  } finally {
    stop.hidden = true;
  }
});

stop.addEventListener("click", () => running?.abort());
