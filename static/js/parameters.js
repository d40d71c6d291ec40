// What a request takes along from the page, beside the fields of its own form.
(() => {
  "use strict";
  const { on, section } = portal;

  // The list is loaded as the page asks for it, and without what is open on the page: that stays.
  on("htmx:configRequest", (event) => {
    const { verb, target, formData } = event.detail;
    if (verb !== "get" || !["ip-allowlist", "allowlist-found"].includes(target.id)) return;
    const asked = target === section() ? new URLSearchParams(location.search) : [];
    for (const [name, value] of asked) formData.append(name, value);
    for (const { value } of document.querySelectorAll("#allowlist-rows [name=keep]")) formData.append("keep", value);
  });
})();
