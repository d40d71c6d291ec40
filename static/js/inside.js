// A row inside a wider network says so for as long as that one is listed: the answer to a change names the rows.
(() => {
  "use strict";
  const { byId, on } = portal;

  on("allowlist:changed", ({ detail: { inside } }) => {
    for (const [wider, ids] of Object.entries(inside ?? {})) for (const id of ids) {
      const tag = byId(`network-${id}`)?.querySelector("[data-inside]");
      if (!tag) continue;
      tag.hidden = !wider;
      tag.querySelector(".ip").textContent = wider;
    }
  });
})();
