// An open page asks whether it may still be open, and whether the list has changed since the version it knows.
(() => {
  "use strict";
  const { byId, known, on } = portal;
  const HEARTBEAT_MS = 15000;
  const heartbeat = byId("heartbeat");

  portal.beat = () => {
    if (document.hidden) return;
    const version = encodeURIComponent(known()?.dataset.version ?? "");
    htmx.ajax("GET", `${heartbeat.dataset.url}?version=${version}`, { source: heartbeat, swap: "none" });
  };

  if (heartbeat) {
    setInterval(portal.beat, HEARTBEAT_MS);
    on("visibilitychange", portal.beat);
  }
})();
