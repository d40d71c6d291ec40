// The second click of a double click is for what the first one has pressed, never for what an answer has put there
// meanwhile: Undo stands where Delete was.
(() => {
  "use strict";
  let clicked = null;

  document.addEventListener("click", (event) => {
    const element = event.target.closest("form[method=post] button, tr a");
    if (element && event.detail > 1 && element !== clicked) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else clicked = element;
  }, true);
})();
