// What is typed outlives a session that ends: this tab keeps it under the page's identity (person and account), and
// offers it after the same person has signed in to the same account again. Here: how drafts are stored.
const drafts = (() => {
  "use strict";
  const MAX_AGE_MS = 24 * 60 * 60 * 1000;
  const TYPED = "draft:";
  const OFFERED = "draft-of-an-ended-session:";

  // Where storage is off or full nothing is kept, and nothing else suffers.
  const tried = (act) => { try { return act(); } catch { return null; } };
  const isOurs = (key) => key.startsWith(TYPED) || key.startsWith(OFFERED);
  const remove = (key) => tried(() => sessionStorage.removeItem(key));

  return {
    TYPED,
    OFFERED,
    identity: document.body.dataset.pageIdentity ?? "",
    typed: new Map(), // of this page: field id → its text and what opens it
    byId: (id) => document.getElementById(id),
    on: (name, handler) => document.addEventListener(name, handler),
    keys: () => (tried(() => Object.keys(sessionStorage)) ?? []).filter(isOurs),
    remove,
    read: (key) => {
      const draft = tried(() => JSON.parse(sessionStorage.getItem(key)));
      return draft?.fields && Date.now() - draft.at < MAX_AGE_MS ? draft : null;
    },
    write: (key, draft) => {
      if (!Object.keys(draft.fields).length) remove(key);
      else tried(() => sessionStorage.setItem(key, JSON.stringify(draft)));
    },
  };
})();
