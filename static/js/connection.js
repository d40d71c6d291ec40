// A lost answer: what was typed stays, and the same form may be sent again (its operation id has one effect).
(() => {
  "use strict";
  const { byId, on } = portal;
  const KEPT = "What you typed is still here.";
  const OFFLINE = `You’re offline. Nothing was sent. ${KEPT}`;
  const UNKNOWN = `The portal didn’t answer, so it isn’t known whether this was saved. ${KEPT} `
    + "Try again: it won’t be applied twice.";
  const UNREAD = `The portal didn’t answer. ${KEPT} Check your connection and try again.`;
  const FAILED = `The portal had a problem and nothing was changed. ${KEPT}`;
  const BY_STATUS = {
    413: `That is too much text, so nothing was saved. ${KEPT} Make it shorter and try again.`,
    429: "Too many changes in a short time. Wait a little, then try again.",
  };
  const SWAPPED = [400, 404, 409, 422]; // as `htmx-config` has it
  const box = byId("connection");
  const isHeartbeat = (event) => event.detail.elt?.id === "heartbeat";
  const openDialog = () => document.querySelector("dialog[open]");
  const neverLeft = new WeakSet(); // requests that were begun without a connection
  let place = null; // what had the focus when the answer was lost

  portal.connection = {
    isShownIn: (dialog) => !box.hidden && dialog.contains(box),
    moveToBody: () => { if (box.parentElement !== document.body) document.body.append(box); },
  };

  const leave = () => { if (box.contains(document.activeElement)) place?.focus(); };

  const hide = () => {
    leave();
    box.hidden = true;
  };

  const button = (text, act) => {
    const element = document.createElement("button");
    element.className = "btn sm";
    element.textContent = text;
    element.addEventListener("click", act);
    return element;
  };

  const retry = ({ elt }, submitter) => () => {
    leave();
    portal.press(submitter?.form === elt ? submitter : elt);
  };

  const show = (text, detail) => {
    const message = document.createElement("p");
    message.textContent = text;
    const field = document.activeElement;
    if (!box.contains(field)) place = field === document.body ? null : field;
    box.replaceChildren(message);
    if (detail.elt.matches("form, a, button")) box.append(button("Try again", retry(detail, portal.submitterOf(detail))));
    box.append(button("Close", hide));
    // Nothing outside an open dialog can be seen or pressed; in it the box stands above, its buttons are below.
    openDialog()?.prepend(box);
    box.hidden = false;
    place?.scrollIntoView({ block: "nearest" });
  };

  on("htmx:beforeSwap", portal.connection.moveToBody);

  on("htmx:beforeSend", ({ detail: { xhr } }) => navigator.onLine || neverLeft.add(xhr));

  for (const name of ["htmx:sendError", "htmx:timeout"]) on(name, (event) => {
    const { requestConfig, xhr } = event.detail;
    const text = requestConfig.verb === "get" ? UNREAD : UNKNOWN;
    if (!isHeartbeat(event)) show(neverLeft.has(xhr) ? OFFLINE : text, event.detail);
  });

  on("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (isHeartbeat(event) || xhr.getResponseHeader("HX-Redirect") || SWAPPED.includes(xhr.status)) return;
    show(BY_STATUS[xhr.status] ?? FAILED, event.detail);
  });

  on("htmx:afterOnLoad", (event) => {
    if (event.detail.successful && !isHeartbeat(event)) box.hidden = true;
  });

  // Escape closes the box before what it stands on, except a dialog that has the focus.
  document.addEventListener("keydown", (event) => {
    const isOwn = !openDialog() || box.contains(document.activeElement);
    if (event.key !== "Escape" || box.hidden || !isOwn) return;
    event.preventDefault();
    hide();
  }, true);
})();
