"use strict";
// Tells our own server, once, that this page has been visible for three seconds. It sends nothing else.
(() => {
  const where = document.currentScript.dataset.beacon;
  let timer;
  const tell = () => {
    document.removeEventListener("visibilitychange", watch);
    fetch(where, { method: "POST", credentials: "omit", keepalive: true }).catch(() => {});
  };
  const watch = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(tell, 3000);
  };
  document.addEventListener("visibilitychange", watch);
  watch();
})();
