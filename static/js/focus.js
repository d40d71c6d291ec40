// Focus is never lost: what was swapped says by `autofocus` where it goes; this is the net below.
(() => {
  "use strict";
  const { byId, on } = portal;
  let place = null;

  // A field elsewhere on the page, where somebody types while the answer comes.
  on("htmx:beforeSwap", (event) => {
    const { elt } = event.detail.requestConfig;
    const field = document.activeElement;
    place = field?.matches("input") && !elt.contains(field) ? field : null;
  });

  on("htmx:afterSettle", (event) => {
    if (place?.isConnected) place.focus();
    const field = document.activeElement;
    const isInRow = field?.matches("tr.edit input:not([type=hidden])");
    const isOpened = isInRow && field !== place && event.target.contains(field);
    if (isOpened) field.setSelectionRange(field.value.length, field.value.length);
    if (field !== document.body) return;
    (document.querySelector("dialog[open] [autofocus]") ?? byId("allowlist-title"))?.focus();
  });
})();
