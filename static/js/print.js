// The sheet's button that prints it; without this script the browser's own menu does.
(() => {
  "use strict";

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => { print(); });
  }
})();
