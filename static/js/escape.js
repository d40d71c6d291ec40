// Escape cancels the row that is open for editing and has the focus.
portal.on("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  document.activeElement?.closest("tr.edit")?.querySelector("[id$='-cancel']")?.click();
});
