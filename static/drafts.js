// What is typed outlives a session that ends: this tab keeps it under the page's identity (person and account), and
// offers it after the same person has signed in to the same account again. Nothing is put back unasked.
(() => {
  "use strict";
  const MAX_AGE_MS = 24 * 60 * 60 * 1000;
  const MAX_FIELDS = 40;
  const MAX_TEXT = 2000;
  const OPENS_WITHIN_MS = 3000;
  const TYPED = "draft:";
  const OFFERED = "draft-of-an-ended-session:";
  const FIELD = "main form:not([role=search]) :is(input:not([type]), input[type=text], textarea)"; // never a password
  const identity = document.body.dataset.pageIdentity ?? "";
  const byId = (id) => document.getElementById(id);
  const on = (name, handler) => document.addEventListener(name, handler);

  // Where storage is off or full nothing is kept, and nothing else suffers.
  const tried = (act) => { try { return act(); } catch { return null; } };
  const isOurs = (key) => key.startsWith(TYPED) || key.startsWith(OFFERED);
  const keys = () => (tried(() => Object.keys(sessionStorage)) ?? []).filter(isOurs);
  const remove = (key) => tried(() => sessionStorage.removeItem(key));
  const read = (key) => {
    const draft = tried(() => JSON.parse(sessionStorage.getItem(key)));
    return draft?.fields && Date.now() - draft.at < MAX_AGE_MS ? draft : null;
  };
  const write = (key, draft) => {
    if (!Object.keys(draft.fields).length) remove(key);
    else tried(() => sessionStorage.setItem(key, JSON.stringify(draft)));
  };

  // Behind a page of somebody else's, the sign-in page or the blocked page every other session of this tab is over.
  // What the same person typed on the page before was left there, not lost.
  const isOver = identity || document.querySelector("input[type=password], [data-page=blocked]");
  for (const key of keys()) {
    const draft = read(key);
    const isTyped = key.startsWith(TYPED);
    if (draft && isTyped && isOver && key !== TYPED + identity) {
      const offered = key.replace(TYPED, OFFERED);
      write(offered, { ...draft, fields: { ...read(offered)?.fields, ...draft.fields } });
    }
    if (!draft || (isTyped && isOver)) remove(key);
  }

  // Kept at every key: whatever ends the session, and however the page is left, it is there already.
  const typed = new Map();
  const keep = () => write(TYPED + identity, {
    at: Date.now(),
    url: location.pathname + location.search,
    fields: Object.fromEntries([...typed].slice(-MAX_FIELDS)),
  });
  const textOf = (field) => field?.value.slice(0, MAX_TEXT);
  const openerOf = (field) => field.closest("dialog")?.dataset.return ?? field.closest("tr.edit")?.id.concat("-edit") ?? "";
  on("input", ({ target: field }) => {
    if (!identity || !field.id || !field.matches(FIELD)) return;
    typed.delete(field.id);
    if (field.value) typed.set(field.id, { text: textOf(field), opener: openerOf(field) });
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
  on("htmx:afterRequest", ({ detail: { xhr, requestConfig } }) => {
    if (xhr.status < 200 || xhr.status > 299 || !requestConfig.elt.matches("form")) return;
    for (const field of requestConfig.elt.elements) {
      if (field.value === requestConfig.formData.get(field.name)) typed.delete(field.id);
    }
    keep();
  });

  // Sign out is meant: nothing stays of the person whom its form names, in no tab.
  const forget = (who) => {
    if (who === identity) typed.clear();
    keys().filter((key) => key.endsWith(who)).forEach(remove);
  };
  const tabs = new BroadcastChannel("drafts");
  tabs.addEventListener("message", ({ data: who }) => forget(who));
  on("submit", ({ target: form }) => {
    if (!form.matches("[action$='/logout']")) return;
    const who = form.elements.page?.value ?? identity;
    forget(who);
    tabs.postMessage(who);
  });

  // What an ended session has left: put back only where nothing else is, opening what it stood in.
  const key = OFFERED + identity;
  const draft = identity && read(key);
  if (!draft) return;
  const offer = byId("draft-offer").content.firstElementChild.cloneNode(true);
  const say = (text) => { byId("live").textContent = text; };
  const show = (before, after) => {
    const texts = Object.values(draft.fields).map(({ text }) => `“${text}”`).join(", ");
    const sentence = `${before} ${texts} ${after}`;
    offer.querySelector("p").textContent = sentence;
    say(sentence);
  };
  const opened = async (id, opener) => {
    byId(opener)?.click();
    const until = Date.now() + (byId(opener) ? OPENS_WITHIN_MS : 0);
    while (!byId(id) && Date.now() < until) await new Promise((resolve) => { setTimeout(resolve, 50); });
    if (!byId(id)) document.querySelector("dialog[open]")?.close();
    return byId(id);
  };
  const putBack = async () => {
    const hasPlace = Object.entries(draft.fields).some(([id, { opener }]) => byId(id) ?? byId(opener));
    if (!hasPlace && draft.url !== location.pathname + location.search) {
      write(key, { ...draft, isWanted: true });
      location.assign(draft.url);
      return;
    }
    offer.inert = true;
    let last = null;
    for (const [id, { text, opener }] of Object.entries(draft.fields)) {
      const field = byId(id) ?? await opened(id, opener);
      if (!field || typed.has(id) || field.value !== field.defaultValue) continue;
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      delete draft.fields[id];
      last = field;
    }
    write(key, draft);
    offer.inert = false;
    if (Object.keys(draft.fields).length) show("There is no free place for", "now. Copy it from here.");
    else offer.remove();
    (last ?? offer).focus();
    if (last && !offer.isConnected) say("What you had typed is back.");
  };
  const drop = () => {
    remove(key);
    offer.remove();
    byId("main").focus();
    say("Dropped.");
  };
  offer.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter.value === "put") putBack();
    else drop();
  });
  offer.tabIndex = -1;
  byId("main").prepend(offer);
  show("You had typed", "before you were signed out.");
  if (draft.isWanted) {
    delete draft.isWanted;
    write(key, draft); // once: whatever opens a page of its own now does not start over
    on("DOMContentLoaded", putBack); // after htmx, which opens rows and questions in place
  }
})();
