// A form, or the button that sends it, may ask first: data-confirm="question", data-confirm-button="the deed".

const dialog = document.getElementById("confirm");
const yes = dialog?.querySelector("[data-confirm-yes]");
const agreed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    const asker = submitter?.matches("[data-confirm]") ? submitter : form;
    if (!dialog || !asker.dataset.confirm || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector("#confirm-question").textContent = asker.dataset.confirm;
    yes.textContent = asker.dataset.confirmButton ?? submitter?.textContent ?? yes.textContent;
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "yes") return;
        agreed.add(form);
        form.requestSubmit(submitter);
      },
      { once: true },
    );
  },
  { capture: true },
);
