// What the components share. Each is a closure of its own; what others need of it, it adds here.
// Scripts do what HTML and htmx do not do by themselves: everything works without them.
const portal = {
  byId: (id) => document.getElementById(id),
  on: (name, handler) => document.addEventListener(name, handler),
  section: () => document.getElementById("ip-allowlist"),
};
