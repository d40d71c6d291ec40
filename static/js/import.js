// A file that is let go anywhere on the form of an import is chosen in its field: the browser would leave the page for
// one that falls on the text box.
(() => {
  "use strict";
  const { byId, on } = portal;
  const over = (event) => {
    const section = event.target.closest?.("#import");
    return event.dataTransfer?.types.includes("Files") ? section : null;
  };
  const mark = (section, isOver) => section.toggleAttribute("data-over", isOver && Boolean(byId("import-file")));

  on("dragover", (event) => {
    const section = over(event);
    if (!section) return;
    event.preventDefault();
    mark(section, true);
  });

  on("dragleave", (event) => {
    const section = over(event);
    if (section && !section.contains(event.relatedTarget)) mark(section, false);
  });

  on("drop", (event) => {
    const section = over(event);
    if (!section) return;
    event.preventDefault();
    mark(section, false);
    const field = byId("import-file");
    const [file, ...others] = event.dataTransfer.files;
    if (!field || !file) return;
    const chosen = new DataTransfer();
    chosen.items.add(file);
    field.files = chosen.files;
    field.focus();
    byId("live").textContent = others.length ? `${file.name} is chosen, one file at a time.` : `${file.name} is chosen.`;
  });
})();
