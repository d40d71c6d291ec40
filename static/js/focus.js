// Focus is never lost: what was swapped says by `autofocus` where it goes, or has an element of the same id. This is the
// net below: in a tool that was swapped it goes to the tool's heading, without scrolling there. And it stays in view where
// it was: in a low window a notice is as high as the window.
(() => {
  "use strict";
  const { byId, on } = portal;
  let place = null;
  let left = "";
  let tool = "";
  let wasInView = false;
  const isInView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };

  // A field elsewhere on the page, where somebody types while the answer comes.
  on("htmx:beforeSwap", (event) => {
    const { elt, triggeringEvent } = event.detail.requestConfig;
    const field = document.activeElement;
    // Whoever leaves a field by Tab, which sends it, goes on from there, whatever is wrong with it.
    left = triggeringEvent?.type === "change" ? (field?.id ?? "") : "";
    place = field?.matches("input") && !elt.contains(field) ? field : null;
    tool = field?.closest(".tool")?.id ?? "";
    wasInView = Boolean(field) && isInView(field);
  });

  on("htmx:afterSettle", (event) => {
    if (place?.isConnected) place.focus();
    if (left) byId(left)?.focus({ preventScroll: true });
    const field = document.activeElement;
    const isInRow = field?.matches("tr.edit input:not([type=hidden])");
    const isOpened = isInRow && field !== place && event.target.contains(field);
    if (isOpened) field.setSelectionRange(field.value.length, field.value.length);
    if (field !== document.body) {
      if (wasInView && !tool) field.scrollIntoView({ block: "nearest" });
      return;
    }
    const heading = document.querySelector("dialog[open] [autofocus]") ?? byId(tool)?.querySelector("h2[tabindex]");
    (heading ?? byId("allowlist-title"))?.focus({ preventScroll: Boolean(heading) });
  });
})();
