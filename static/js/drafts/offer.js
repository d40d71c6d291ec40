// What an ended session has left is offered: put back only where nothing else is, opening what it stood in.
(() => {
  "use strict";
  const { OFFERED, byId, identity, on, read, remove, typed, write } = drafts;
  const OPENS_WITHIN_MS = 3000;
  const LONGEST = 200;
  const key = OFFERED + identity;
  const draft = identity && read(key);
  if (!draft) return;
  const offer = byId("draft-offer").content.firstElementChild.cloneNode(true);

  const say = (text) => { byId("live").textContent = text; };
  // A text of many lines is named by its beginning, unless it is there to be copied.
  const cut = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  const sentence = (before, after, as) =>
    `${before} ${Object.values(draft.fields).map(({ text }) => `“${as(text)}”`).join(", ")} ${after}`;
  const show = (before, after, as = cut) => {
    offer.querySelector("p").textContent = sentence(before, after, as);
    say(sentence(before, after, cut));
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
    if (Object.keys(draft.fields).length) show("There is no free place for", "now. Copy it from here.", String);
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
    write(key, draft); // once: a page of its own that opens now does not start over
    on("DOMContentLoaded", putBack); // after htmx, which opens rows and questions in place
  }
})();
