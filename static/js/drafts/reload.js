// A page that is loaded anew has its text box as it was: a plan has no page of its own that could be asked for again.
// Before ended_sessions.js drops what was left on the page before.
(() => {
  "use strict";
  const { TYPED, byId, identity, on, read } = drafts;
  const isReload = performance.getEntriesByType("navigation")[0]?.type === "reload";
  const draft = identity && isReload && read(TYPED + identity);
  if (!draft || draft.url !== location.pathname + location.search) return;

  for (const [id, { text }] of Object.entries(draft.fields)) {
    const field = byId(id);
    if (!field?.matches("textarea") || field.value) continue;
    field.value = text;
    on("DOMContentLoaded", () => { // when it is kept again
      field.dispatchEvent(new Event("input", { bubbles: true }));
      byId("live").textContent = "What you had typed is back.";
    });
  }
})();
