// Dialogs that the server sends: modal, focus on the heading, back to the opener when closed.
(() => {
  "use strict";
  const { byId, on } = portal;

  on("htmx:load", (event) => {
    const dialog = event.target.closest("dialog[data-modal]") ?? event.target.querySelector?.("dialog[data-modal]");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
    dialog.addEventListener("close", () => {
      // A form that is on its way, or may be sent again, stays on the page: its answer is to find its place.
      if (!dialog.querySelector("[aria-busy]") && !portal.connection.isShownIn(dialog)) dialog.remove();
      portal.connection.moveToBody();
      (byId(dialog.dataset.return) ?? byId("allowlist-title")).focus();
    });
  });

  on("click", (event) => {
    const dialog = event.target.closest("[data-close]")?.closest("dialog");
    if (!dialog) return;
    event.preventDefault();
    // The press is seen before the page behind is woken, which takes long where that is large.
    requestAnimationFrame(() => setTimeout(() => dialog.close()));
  });
})();
