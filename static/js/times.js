// Times by the reader's clock, with the zone in the title; as they come they are in UTC. `webapp/web/filters.py` names
// the way in which each is said, and says the same.
(() => {
  "use strict";
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const LONG_AGO = 60;
  const TIMES = "time[datetime*=T]"; // a date alone is a day of UTC, and no other one elsewhere
  const DAY_MS = 86400000;
  const zones = new Intl.DateTimeFormat("en-GB", { timeZoneName: "long" });

  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const daysAgo = (date) => Math.max(0, Math.round((midnight(new Date()) - midnight(date)) / DAY_MS));
  const shortDay = (date) => `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  const longDay = (date) => `${shortDay(date)} ${date.getFullYear()}`;
  const clock = (date) => [date.getHours(), date.getMinutes()].map((part) => `${part}`.padStart(2, "0")).join(":");
  const moment = (date) => `${longDay(date)}, ${clock(date)}`;
  const zone = (date) => zones.formatToParts(date).find(({ type }) => type === "timeZoneName").value;
  const day = (date) => (date.getFullYear() === new Date().getFullYear() ? shortDay : longDay)(date);
  const since = (date) => {
    const days = daysAgo(date);
    return ["Today", "Yesterday"][days] ?? (days < LONG_AGO ? `${days} days ago` : day(date));
  };

  const WAYS = {
    moment,
    day,
    since,
    at: (date) => (daysAgo(date) ? `on ${moment(date)}` : `at ${clock(date)}`),
    ago: (date) => since(date).replace(/^[TY]/, (letter) => letter.toLowerCase()),
  };

  const say = (element) => {
    const date = new Date(element.dateTime);
    const way = WAYS[element.dataset.as ?? "moment"]; // none for what is the same everywhere: 4 min ago
    if (way) element.textContent = way(date);
    element.title = `${moment(date)}, ${zone(date)}`;
  };

  // The chart's last day is one of UTC; where it is not the reader's today, it has its date.
  const dateToday = (label) => {
    const date = new Date(`${label.dataset.today}T00:00`);
    if (midnight(new Date()) - date) label.textContent = shortDay(date);
  };

  const all = (root, selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  const sayAll = (root) => {
    all(root, TIMES).forEach(say);
    all(root, "[data-today]").forEach(dateToday);
  };

  // While the page is parsed, a time is said as soon as something follows it: what is painted already would move.
  const said = new WeakSet();
  const isFollowed = (node) => node !== null && (node.nextSibling !== null || isFollowed(node.parentNode));
  const parsing = new MutationObserver(() => {
    for (const element of document.querySelectorAll(TIMES)) {
      if (said.has(element) || !isFollowed(element)) continue;
      said.add(element);
      say(element);
    }
  });
  parsing.observe(document, { childList: true, subtree: true });
  document.addEventListener("readystatechange", () => {
    parsing.disconnect();
    sayAll(document);
  }, { once: true });

  document.addEventListener("htmx:load", ({ target }) => target !== document.body && sayAll(target));
})();
