// A row inside a wider network says so for as long as that one is listed: the answer to a change names the rows.
(() => {
  "use strict";
  const { on } = portal;

  const tagOf = (wider) => {
    const [tag, network] = [document.createElement("span"), document.createElement("span")];
    tag.className = "tag plain";
    tag.dataset.inside = "";
    network.className = "ip";
    network.textContent = wider;
    tag.append("Inside ", network);
    return tag;
  };

  on("allowlist:changed", ({ detail: { inside } }) => {
    for (const [wider, ids] of Object.entries(inside ?? {})) for (const id of ids) {
      const cell = document.querySelector(`#network-${id} > .net`);
      cell?.querySelector("[data-inside]")?.remove();
      const last = cell?.querySelector(".tag:not(.plain)") ?? cell?.querySelector(".ip");
      if (wider) last?.after(" ", tagOf(wider));
    }
  });
})();
