// One act at a time, in order: an answer must not meet a page that another one has changed meanwhile.
(() => {
  "use strict";
  const { byId, on } = portal;
  const underWay = new Map();
  const waiting = new Map();
  const isAct = (trigger) => Boolean(trigger) && trigger.type !== "allowlist:changed";

  // What was said goes with the next act: what that one has to say comes with its answer.
  on("htmx:beforeSwap", (event) => {
    if (!isAct(event.detail.requestConfig.triggeringEvent)) return;
    for (const id of ["allowlist-notices", "live"]) byId(id)?.replaceChildren();
    for (const deleted of document.querySelectorAll("[data-later]")) deleted.textContent = deleted.dataset.later;
  });

  // Pressed by a click, because htmx forgets the button of `requestSubmit(button)`; an answer may have brought it anew.
  portal.press = (pressed) => {
    const element = pressed.isConnected ? pressed : byId(pressed.id);
    if (element?.matches("form")) element.requestSubmit();
    else element?.click();
  };

  on("htmx:confirm", (event) => {
    const { elt, triggeringEvent } = event.detail;
    if (!isAct(triggeringEvent) || ![...underWay.values()].some((other) => other !== elt)) return;
    event.preventDefault();
    waiting.set(elt, triggeringEvent.submitter ?? elt);
  });

  on("htmx:beforeRequest", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (!isAct(requestConfig.triggeringEvent)) return;
    underWay.set(xhr, requestConfig.elt);
    xhr.addEventListener("loadend", () => {
      underWay.delete(xhr);
      for (const [elt, pressed] of waiting) {
        if (underWay.size) break;
        waiting.delete(elt);
        portal.press(pressed);
      }
    });
  });
})();
