// Kept at every key: whatever ends the session, and however the page is left, it is there already.
(() => {
  "use strict";
  const { TYPED, byId, identity, on, typed, write } = drafts;
  const MAX_FIELDS = 40;
  const MAX_TEXT = 2000;
  const MAX_LINES_TEXT = 256 * 1024; // of a text box
  const FIELD = "main form:not([role=search]) :is(input:not([type]), input[type=text], textarea)"; // never a password

  const keep = () => write(TYPED + identity, {
    at: Date.now(),
    url: location.pathname + location.search,
    fields: Object.fromEntries([...typed].slice(-MAX_FIELDS)),
  });
  const textOf = (field) => field?.value.slice(0, field.matches("textarea") ? MAX_LINES_TEXT : MAX_TEXT);
  const openerOf = (field) =>
    field.closest("dialog")?.dataset.return ?? field.closest("tr.edit")?.id.concat("-edit") ?? "";

  const take = (field) => {
    typed.delete(field.id);
    if (field.value) typed.set(field.id, { text: textOf(field), opener: openerOf(field) });
  };

  on("input", ({ target: field }) => {
    if (!identity || !field.id || !field.matches(FIELD)) return;
    take(field);
    keep();
  });

  // Dropped with its field, when that is emptied, and when its form was accepted.
  const follow = () => {
    for (const [id, entry] of typed) {
      entry.text = textOf(byId(id));
      if (!entry.text) typed.delete(id);
    }
    keep();
  };
  on("htmx:afterSettle", follow);
  document.addEventListener("close", () => setTimeout(follow), true);
  // A text that the answer shows is not stored yet: it may have come from a file, or been corrected.
  on("htmx:afterRequest", ({ detail: { xhr, requestConfig } }) => {
    if (xhr.status < 200 || xhr.status > 299 || !requestConfig.elt.matches("form")) return;
    for (const field of requestConfig.elt.elements) {
      if (field.value === requestConfig.formData.get(field.name)) typed.delete(field.id);
    }
    if (!xhr.getResponseHeader("HX-Redirect")) document.querySelectorAll("main textarea").forEach(take);
    keep();
  });
})();
