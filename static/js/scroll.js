// The chat sticks to its end while an answer is written, until the person scrolls up; earlier messages come in above
// without a jump.

const page = document.scrollingElement;
const jump = document.querySelector("[data-jump]");
const messages = document.getElementById("messages");
const NEAR = 64;
let stuck = true;
let below = 0;

const fromEnd = () => page.scrollHeight - page.scrollTop - page.clientHeight;

function toEnd(behavior = "instant") {
  page.scrollTo({ top: page.scrollHeight, behavior });
}

function follow() {
  if (stuck) toEnd();
  jump.hidden = stuck || fromEnd() < NEAR;
}

if (messages && jump) {
  let last = page.scrollTop;
  addEventListener(
    "scroll",
    () => {
      // Only a move upwards lets go: the page growing under the reader does not.
      if (page.scrollTop < last - 1) stuck = fromEnd() < NEAR;
      else if (fromEnd() < NEAR) stuck = true;
      last = page.scrollTop;
      jump.hidden = stuck || fromEnd() < NEAR;
    },
    { passive: true },
  );
  jump.addEventListener("click", () => {
    stuck = true;
    toEnd(matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");
  });
  new ResizeObserver(follow).observe(document.body);
  document.addEventListener("submit", (event) => {
    if (event.target.id === "composer") stuck = true;
  });
  document.addEventListener("htmx:before:swap", (event) => {
    below = event.detail.ctx.sourceElement.closest(".chat-earlier") ? fromEnd() : 0;
  });
  document.addEventListener("htmx:after:swap", () => {
    if (below) page.scrollTo({ top: page.scrollHeight - page.clientHeight - below, behavior: "instant" });
    below = 0;
  });
  if (location.hash) stuck = fromEnd() < NEAR;
  else toEnd();
}
