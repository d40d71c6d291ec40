// Leaving with something typed in a row and not saved: the browser asks.
(() => {
  "use strict";
  const { on } = portal;
  const isDirty = (field) => field.type !== "hidden" && field.value !== field.defaultValue;
  let isLeaving = false;

  window.addEventListener("beforeunload", (event) => {
    if (isLeaving || ![...document.querySelectorAll("tr.edit input")].some(isDirty)) return;
    event.preventDefault();
  });

  on("submit", (event) => { isLeaving = !event.defaultPrevented; });
  on("htmx:beforeOnLoad", (event) => { isLeaving = Boolean(event.detail.xhr.getResponseHeader("HX-Redirect")); });
})();
