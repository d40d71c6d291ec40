// Buttons that copy a text of the page; without a clipboard they stay hidden.
(() => {
  "use strict";
  const { byId } = portal;

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(byId(button.dataset.copy).textContent);
      button.textContent = "Copied";
      byId("live").textContent = "Copied.";
    });
  }
})();
