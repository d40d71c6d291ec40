// What is typed stays, whatever is done elsewhere on the page or was sent before.
(() => {
  "use strict";
  const { on } = portal;
  const fields = () => document.querySelectorAll("#add-network, #add-comment, #dialog-comment");
  const values = () => new Map([...fields()].map((field) => [field.id, field.value]));
  let sent = new Map();
  let typed = new Map();

  on("htmx:beforeRequest", (event) => {
    if (event.target.closest("#allowlist-add")) sent = values();
  });

  on("htmx:beforeSwap", (event) => {
    const { requestConfig: { elt }, xhr } = event.detail;
    typed = values();
    for (const [id, value] of typed) {
      const isDone = elt.closest("#allowlist-add") ? value === sent.get(id) : xhr.status !== 200;
      if (isDone) typed.delete(id);
    }
  });

  on("htmx:afterSwap", () => {
    for (const field of fields()) field.value = typed.get(field.id) || field.value;
  });
})();
