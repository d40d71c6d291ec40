// The portal's script: what HTML and htmx do not do by themselves. Everything works without it.
(() => {
  "use strict";
  const HEARTBEAT_MS = 15000;
  const SLOW_MS = 400;
  const byId = (id) => document.getElementById(id);
  const section = () => byId("ip-allowlist");
  const on = (name, handler) => document.addEventListener(name, handler);

  // Dialogs that the server sends: modal, focus on the heading, back to the opener when closed.
  on("htmx:load", (event) => {
    const dialog = event.target.closest("dialog[data-modal]") ?? event.target.querySelector?.("dialog[data-modal]");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
    dialog.addEventListener("close", () => {
      // A form that is on its way, or may be sent again, stays on the page: its answer is to find its place.
      if (!dialog.querySelector("[aria-busy]") && (box.hidden || !dialog.contains(box))) dialog.remove();
      document.body.append(box);
      (byId(dialog.dataset.return) ?? byId("allowlist-title")).focus();
    });
  });
  on("click", (event) => {
    const dialog = event.target.closest("[data-close]")?.closest("dialog");
    if (!dialog) return;
    event.preventDefault();
    dialog.close();
  });
  on("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    document.activeElement?.closest("tr.edit")?.querySelector("[id$='-cancel']")?.click();
  });

  // The second click of a double click is for what the first one has pressed, never for what an answer has put there
  // meanwhile: Undo stands where Delete was.
  let clicked = null;
  document.addEventListener("click", (event) => {
    const element = event.target.closest("form[method=post] button, tr a");
    if (element && event.detail > 1 && element !== clicked) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else clicked = element;
  }, true);

  // One act at a time, in order: an answer must not meet a page that another one has changed meanwhile.
  // Pressed by a click, because htmx forgets the button of `requestSubmit(button)`; an answer may have brought it anew.
  const press = (pressed) => {
    const element = pressed.isConnected ? pressed : byId(pressed.id);
    if (element?.matches("form")) element.requestSubmit();
    else element?.click();
  };
  const underWay = new Map();
  const waiting = new Map();
  const isAct = (trigger) => Boolean(trigger) && trigger.type !== "allowlist:changed";
  on("htmx:confirm", (event) => {
    const { elt, triggeringEvent } = event.detail;
    if (!isAct(triggeringEvent) || ![...underWay.values()].some((other) => other !== elt)) return;
    event.preventDefault();
    waiting.set(elt, triggeringEvent.submitter ?? elt);
  });
  on("htmx:beforeRequest", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (!isAct(requestConfig.triggeringEvent)) return;
    underWay.set(xhr, requestConfig.elt);
    xhr.addEventListener("loadend", () => {
      underWay.delete(xhr);
      for (const [elt, pressed] of waiting) {
        if (underWay.size) break;
        waiting.delete(elt);
        press(pressed);
      }
    });
  });

  // A request on its way: said to assistive technology and, when it takes long, to everybody; what has the focus
  // is never disabled.
  const sending = new WeakMap();
  const submitterOf = (detail) => detail.requestConfig?.triggeringEvent?.submitter ?? null;
  on("htmx:beforeRequest", (event) => {
    const { target: element } = event;
    element.setAttribute("aria-busy", "true");
    const button = submitterOf(event.detail);
    if (!button) return;
    const text = button.textContent;
    const timer = setTimeout(() => { button.textContent = "Sending…"; }, SLOW_MS);
    sending.set(element, () => { clearTimeout(timer); button.textContent = text; });
  });
  on("htmx:afterRequest", (event) => {
    event.target.removeAttribute("aria-busy");
    sending.get(event.target)?.();
  });

  // The section's own attributes follow a change made in place. The version only where the page had the list before
  // it: a page that has missed somebody's change asks by its own version, and is told.
  const notice = () => document.querySelector("#allowlist-changed [data-version]");
  const known = () => notice() ?? section();
  on("allowlist:changed", (event) => {
    const { elt, version, previous, ...hooks } = event.detail;
    const isOwn = notice()?.dataset.version === version && section()?.dataset.version === previous;
    if (isOwn) byId("allowlist-changed").replaceChildren();
    for (const [name, value] of Object.entries(hooks)) section()?.setAttribute(`data-${name}`, value);
    if (known()?.dataset.version === previous) known().dataset.version = version;
    else if (previous) beat();
  });

  // The current address is another one than the page has shown: the strip comes with the answer, so do the hooks.
  on("allowlist:address", (event) => {
    const { elt, ...hooks } = event.detail;
    for (const [name, value] of Object.entries(hooks)) section()?.setAttribute(`data-${name}`, value);
  });

  // A page that has missed the first network has no place for what has changed: it loads the section, once an answer.
  let isLoading = false;
  on("htmx:oobErrorNoTarget", () => {
    if (isLoading || !section()) return;
    isLoading = true;
    setTimeout(() => { isLoading = false; });
    htmx.ajax("GET", section().dataset.url, { source: section(), target: section(), swap: "outerHTML" });
  });

  // The list is loaded as the page asks for it, and without what is open on the page: that stays.
  on("htmx:configRequest", (event) => {
    const { verb, target, formData } = event.detail;
    if (verb !== "get" || !["ip-allowlist", "allowlist-found"].includes(target.id)) return;
    const asked = target === section() ? new URLSearchParams(location.search) : [];
    for (const [name, value] of asked) formData.append(name, value);
    for (const { value } of document.querySelectorAll("#allowlist-rows [name=keep]")) formData.append("keep", value);
  });

  // The add form is not filled with something else unasked: what it holds goes along.
  on("htmx:configRequest", (event) => {
    const { elt, formData } = event.detail;
    if (!elt.matches("[data-fills]")) return;
    for (const name of ["network", "comment"]) formData.set(`typed_${name}`, byId(`add-${name}`)?.value ?? "");
  });

  // What is typed stays, and whoever types it, whatever is done elsewhere on the page or was sent before.
  const typing = () => document.querySelectorAll("#add-network, #add-comment, #dialog-comment");
  const values = () => new Map([...typing()].map((field) => [field.id, field.value]));
  let sent = new Map();
  let typed = new Map();
  let place = null;
  on("htmx:beforeRequest", (event) => {
    if (event.target.closest("#allowlist-add")) sent = values();
  });
  on("htmx:beforeSwap", (event) => {
    const { requestConfig: { elt }, xhr } = event.detail;
    typed = values();
    for (const [id, value] of typed) {
      const isDone = elt.closest("#allowlist-add") ? value === sent.get(id) : xhr.status !== 200;
      if (isDone) typed.delete(id);
    }
    const field = document.activeElement;
    place = field?.matches("input") && !elt.contains(field) ? field : null;
  });
  on("htmx:afterSwap", () => {
    for (const field of typing()) field.value = typed.get(field.id) || field.value;
  });

  // Focus is never lost: what was swapped says by `autofocus` where it goes; this is the net below.
  on("htmx:afterSettle", (event) => {
    if (place?.isConnected) place.focus();
    const field = document.activeElement;
    const isOpened = field?.matches("tr.edit input:not([type=hidden])") && field !== place && event.target.contains(field);
    if (isOpened) field.setSelectionRange(field.value.length, field.value.length);
    if (field !== document.body) return;
    (document.querySelector("dialog[open] [autofocus]") ?? byId("allowlist-title"))?.focus();
  });

  // A lost answer: what was typed stays, and the same form may be sent again (its operation id has one effect).
  const lost = (text, detail) => {
    const message = document.createElement("span");
    message.textContent = text;
    box.replaceChildren(message);
    const { elt } = detail;
    if (elt.matches("form, a, button")) {
      const submitter = submitterOf(detail);
      const retry = document.createElement("button");
      retry.className = "btn sm";
      retry.textContent = "Try again";
      retry.addEventListener("click", () => press(submitter?.form === elt ? submitter : elt));
      box.append(retry);
    }
    // Whatever is outside an open dialog can neither be seen nor pressed.
    (document.querySelector("dialog[open]") ?? document.body).append(box);
    box.hidden = false;
  };
  const box = byId("connection");
  on("htmx:beforeSwap", () => document.body.append(box));
  const unknown = "The portal didn’t answer, so it isn’t known whether this was saved. What you typed is still here. Try again: it won’t be applied twice.";
  const unread = "The portal didn’t answer. What you typed is still here. Check your connection and try again.";
  const isHeartbeat = (event) => event.detail.elt?.id === "heartbeat";
  for (const name of ["htmx:sendError", "htmx:timeout"]) on(name, (event) => {
    if (!isHeartbeat(event)) lost(event.detail.requestConfig.verb === "get" ? unread : unknown, event.detail);
  });
  on("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (isHeartbeat(event) || event.detail.xhr.getResponseHeader("HX-Redirect") || [400, 404, 409, 422].includes(status)) return;
    const text = {
      413: "That is too much text, so nothing was saved. What you typed is still here. Make it shorter and try again.",
      429: "Too many changes in a short time. Wait a little, then try again.",
    }[status];
    lost(text ?? "The portal had a problem and nothing was changed. What you typed is still here.", event.detail);
  });
  on("htmx:afterOnLoad", (event) => {
    if (event.detail.successful && !isHeartbeat(event)) box.hidden = true;
  });

  // Leaving with something typed and not saved: the browser asks.
  const isDirty = (field) => field.type !== "hidden" && field.value !== field.defaultValue;
  window.addEventListener("beforeunload", (event) => {
    if (leaving || ![...document.querySelectorAll("tr.edit input")].some(isDirty)) return;
    event.preventDefault();
  });
  let leaving = false;
  on("submit", (event) => { leaving = !event.defaultPrevented; });
  on("htmx:beforeOnLoad", (event) => { leaving = Boolean(event.detail.xhr.getResponseHeader("HX-Redirect")); });

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(byId(button.dataset.copy).textContent);
      button.textContent = "Copied";
      byId("live").textContent = "Copied.";
    });
  }

  // A page from the back/forward cache may be from before a sign-out.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());

  // An open page asks whether it may still be open, and whether the list is still the one it shows or has told of.
  const heartbeat = byId("heartbeat");
  const beat = () => {
    if (document.hidden) return;
    const version = encodeURIComponent(known()?.dataset.version ?? "");
    htmx.ajax("GET", `${heartbeat.dataset.url}?version=${version}`, { source: heartbeat, swap: "none" });
  };
  if (heartbeat) {
    setInterval(beat, HEARTBEAT_MS);
    on("visibilitychange", beat);
  }
})();
