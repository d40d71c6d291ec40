// A lost answer: what was typed stays, and the same form may be sent again (its operation id has one effect).
(() => {
  "use strict";
  const { byId, on } = portal;
  const UNKNOWN = "The portal didn’t answer, so it isn’t known whether this was saved. What you typed is still here. "
    + "Try again: it won’t be applied twice.";
  const UNREAD = "The portal didn’t answer. What you typed is still here. Check your connection and try again.";
  const FAILED = "The portal had a problem and nothing was changed. What you typed is still here.";
  const BY_STATUS = {
    413: "That is too much text, so nothing was saved. What you typed is still here. Make it shorter and try again.",
    429: "Too many changes in a short time. Wait a little, then try again.",
  };
  const SWAPPED = [400, 404, 409, 422]; // as `htmx-config` has it
  const box = byId("connection");
  const isHeartbeat = (event) => event.detail.elt?.id === "heartbeat";

  portal.connection = {
    isShownIn: (dialog) => !box.hidden && dialog.contains(box),
    moveToBody: () => document.body.append(box),
  };

  const retryButton = (detail) => {
    const { elt } = detail;
    const submitter = portal.submitterOf(detail);
    const retry = document.createElement("button");
    retry.className = "btn sm";
    retry.textContent = "Try again";
    retry.addEventListener("click", () => portal.press(submitter?.form === elt ? submitter : elt));
    return retry;
  };

  const show = (text, detail) => {
    const message = document.createElement("span");
    message.textContent = text;
    box.replaceChildren(message);
    if (detail.elt.matches("form, a, button")) box.append(retryButton(detail));
    // Nothing outside an open dialog can be seen or pressed.
    (document.querySelector("dialog[open]") ?? document.body).append(box);
    box.hidden = false;
  };

  on("htmx:beforeSwap", portal.connection.moveToBody);

  for (const name of ["htmx:sendError", "htmx:timeout"]) on(name, (event) => {
    if (!isHeartbeat(event)) show(event.detail.requestConfig.verb === "get" ? UNREAD : UNKNOWN, event.detail);
  });

  on("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (isHeartbeat(event) || xhr.getResponseHeader("HX-Redirect") || SWAPPED.includes(xhr.status)) return;
    show(BY_STATUS[xhr.status] ?? FAILED, event.detail);
  });

  on("htmx:afterOnLoad", (event) => {
    if (event.detail.successful && !isHeartbeat(event)) box.hidden = true;
  });
})();
