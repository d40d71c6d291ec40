// The section's own attributes follow what is changed in place, by this page or by somebody else.
(() => {
  "use strict";
  const { byId, on, section } = portal;
  const notice = () => document.querySelector("#allowlist-changed [data-version]");
  const setHooks = (hooks) => {
    for (const [name, value] of Object.entries(hooks)) section()?.setAttribute(`data-${name}`, value);
  };

  // The element with the version that the person knows: of the notice of a change, else of the list on the page.
  portal.known = () => notice() ?? section();

  // The version follows only where the page had the list before the change: a page that has missed somebody's change
  // asks by its own version, and gets the notice.
  on("allowlist:changed", (event) => {
    const { elt, version, previous, ...hooks } = event.detail;
    const isOwn = notice()?.dataset.version === version && section()?.dataset.version === previous;
    if (isOwn) byId("allowlist-changed").replaceChildren();
    setHooks(hooks);
    byId("allowlist-matches")?.replaceChildren(); // what was found is of the list before
    if (portal.known()?.dataset.version === previous) portal.known().dataset.version = version;
    else if (previous) portal.beat();
  });

  // The current address is another one than the page has shown: the strip comes with the answer, so do the hooks.
  on("allowlist:address", (event) => {
    const { elt, ...hooks } = event.detail;
    setHooks(hooks);
  });

  // A page that has missed the first network has no place for what has changed: it loads the section, once an answer.
  let isLoading = false;
  on("htmx:oobErrorNoTarget", () => {
    if (isLoading || !section()) return;
    isLoading = true;
    setTimeout(() => { isLoading = false; });
    htmx.ajax("GET", section().dataset.url, { source: section(), target: section(), swap: "outerHTML" });
  });
})();
