// A page from the back/forward cache may be from before a sign-out: it is loaded anew.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
