// A request on its way: said to assistive technology and, when it takes long, to everybody; what has the focus
// is never disabled.
(() => {
  "use strict";
  const { on } = portal;
  const SLOW_MS = 400;
  const sending = new WeakMap();

  portal.submitterOf = (detail) => detail.requestConfig?.triggeringEvent?.submitter ?? null;

  on("htmx:beforeRequest", (event) => {
    const { target: element } = event;
    element.setAttribute("aria-busy", "true");
    const button = portal.submitterOf(event.detail);
    if (!button) return;
    const text = button.textContent;
    const timer = setTimeout(() => { button.textContent = "Sending…"; }, SLOW_MS);
    sending.set(element, () => { clearTimeout(timer); button.textContent = text; });
  });

  on("htmx:afterRequest", (event) => {
    event.target.removeAttribute("aria-busy");
    sending.get(event.target)?.();
  });
})();
