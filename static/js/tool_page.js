// After a run the answer comes into view where it lies below the form, as on a phone.

document.addEventListener("htmx:after:swap", () => {
  const answer = document.querySelector("#bench #answer:has(.answer, .tool-run)");
  if (answer && answer.getBoundingClientRect().top > window.innerHeight * 0.7) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    answer.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
  }
});
