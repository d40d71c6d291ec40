// A field of one line makes blanks of line breaks: several lines that are pasted go along as they were (R13), with what
// the field makes of them. The server takes them only where the field still holds the same.
(() => {
  "use strict";
  const MAX_TEXT = 4000; // a form has 16 KB, and this is sent twice
  portal.on("paste", ({ target: field, clipboardData }) => {
    if (field.id !== "add-network") return;
    const text = clipboardData.getData("text/plain").trim();
    field.form.elements.pasted.value = text.includes("\n") && text.length <= MAX_TEXT ? text : "";
  });
})();
