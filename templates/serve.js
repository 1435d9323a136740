(() => {
  const { page, seen } = document.currentScript.dataset;
  const address = `/-/events?page=${encodeURIComponent(page)}&seen=${encodeURIComponent(seen)}`;
  let source;
  // A hidden tab holds no connection: browsers allow few to one host.
  const follow = () => {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else if (!source) {
      source = new EventSource(address);
      source.onmessage = () => location.reload();
    }
  };
  document.addEventListener("visibilitychange", follow);
  follow();
})();
