// Sign out is meant: nothing stays of the person whom its form names, in no tab.
(() => {
  "use strict";
  const { identity, keys, on, remove, typed } = drafts;
  const tabs = new BroadcastChannel("drafts");

  const forget = (person) => {
    if (person === identity) typed.clear();
    keys().filter((key) => key.endsWith(person)).forEach(remove);
  };

  tabs.addEventListener("message", ({ data: person }) => forget(person));

  on("submit", ({ target: form }) => {
    if (!form.matches("[action$='/logout']")) return;
    const person = form.elements.page?.value ?? identity;
    forget(person);
    tabs.postMessage(person);
  });
})();
