// The portal's only script: what HTML and htmx do not do by themselves. Everything works without it.
(() => {
  "use strict";
  const HEARTBEAT_MS = 15000;
  const section = () => document.getElementById("ip-allowlist");

  // Dialogs that the server sends: modal, focus on the heading, back to the opener when closed.
  document.addEventListener("htmx:load", (event) => {
    const dialog = event.target.closest("dialog[data-modal]") ?? event.target.querySelector?.("dialog[data-modal]");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
    dialog.addEventListener("close", () => {
      dialog.remove();
      document.getElementById(dialog.dataset.return)?.focus();
    });
  });
  document.addEventListener("click", (event) => {
    const dialog = event.target.closest("[data-close]")?.closest("dialog");
    if (!dialog) return;
    event.preventDefault();
    dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.activeElement?.closest("tr.edit")?.querySelector("[id$='-cancel']")?.click();
  });

  // A request on its way: said to assistive technology, never by disabling what has the focus.
  document.addEventListener("htmx:beforeRequest", (event) => event.target.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => event.target.removeAttribute("aria-busy"));

  // The section's own attributes follow a change of one of its rows.
  document.addEventListener("allowlist:changed", (event) => {
    const { elt, ...hooks } = event.detail;
    for (const [name, value] of Object.entries(hooks)) section()?.setAttribute(`data-${name}`, value);
  });

  document.addEventListener("htmx:afterSettle", () => {
    const field = document.activeElement;
    if (field?.matches("tr.edit input[type=text],tr.edit input:not([type])")) field.setSelectionRange(field.value.length, field.value.length);
  });

  // Focus is never lost: what was swapped says by `autofocus` where it goes; this is the net below.
  document.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement !== document.body) return;
    (document.querySelector("dialog[open] [autofocus]") ?? document.getElementById("allowlist-title"))?.focus();
  });

  // A lost answer: what was typed stays, and the same form may be sent again (its operation id has one effect).
  const connection = () => document.getElementById("connection");
  const lost = (text, form) => {
    const box = connection();
    const message = document.createElement("span");
    message.textContent = text;
    box.replaceChildren(message);
    if (form instanceof HTMLFormElement) {
      const retry = document.createElement("button");
      retry.className = "btn sm";
      retry.textContent = "Try again";
      retry.addEventListener("click", () => form.requestSubmit());
      box.append(retry);
    }
    box.hidden = false;
  };
  const unknown = "The portal didn’t answer, so it isn’t known whether this was saved. What you typed is still here. Try again: it won’t be applied twice.";
  const isHeartbeat = (event) => event.detail.elt?.id === "heartbeat";
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => isHeartbeat(event) || lost(unknown, event.detail.elt));
  }
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (isHeartbeat(event) || event.detail.xhr.getResponseHeader("HX-Redirect") || [400, 404, 409, 422].includes(status)) return;
    const text = {
      413: "That is too much text, so nothing was saved. Make it shorter and try again.",
      429: "Too many changes in a short time. Wait a little, then try again.",
    }[status];
    lost(text ?? "The portal had a problem and nothing was changed. What you typed is still here.", event.detail.elt);
  });
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.successful) connection().hidden = true;
  });

  // A page from the back/forward cache may be from before a sign-out.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());

  // An open page asks whether it may still be open, and whether the list is still the one it shows.
  const heartbeat = document.getElementById("heartbeat");
  if (heartbeat) {
    const beat = () => {
      if (document.hidden) return;
      const version = encodeURIComponent(section()?.dataset.version ?? "");
      htmx.ajax("GET", `${heartbeat.dataset.url}?version=${version}`, { source: heartbeat, swap: "none" });
    };
    setInterval(beat, HEARTBEAT_MS);
    document.addEventListener("visibilitychange", beat);
  }
})();
