// Behind a page of somebody else's, the sign-in page or the blocked page every other session of this tab is over:
// its draft waits to be offered. What the same person typed on the page before was left there, not lost.
(() => {
  "use strict";
  const { TYPED, OFFERED, identity, keys, read, remove, write } = drafts;
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
})();
