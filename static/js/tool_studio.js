// A chip writes its field's name where the author was typing last: the text for the model, or the instructions.

const texts = "#id_version-template, #id_version-system_text";
let last = null;

document.addEventListener("focusin", (event) => {
  if (event.target.matches(texts)) last = event.target.id;
});

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-insert]");
  if (!chip) return;
  const text = document.getElementById(last ?? "id_version-template");
  text.focus();
  text.setRangeText(`{{ ${chip.dataset.insert} }}`, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
});
