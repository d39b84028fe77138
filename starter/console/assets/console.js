// Pages work without this. It keeps what renews itself from taking away what a person is typing or has opened.
(() => {
  "use strict";
  const offline = () => document.getElementById("offline");
  document.addEventListener("input", (event) => event.target.form?.setAttribute("data-touched", ""));
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (old) => !(old instanceof HTMLFormElement && "touched" in old.dataset);
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node instanceof HTMLDetailsElement);
  document.addEventListener("htmx:beforeRequest", (event) => document.hidden && event.preventDefault());
  document.addEventListener("htmx:afterRequest", (event) => { offline().hidden = event.detail.successful; });
})();
