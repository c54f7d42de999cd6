// What bench_panels.py measures inside the page, beside page.js: a filter change until the open panel has its figures.

window.panels = {
  /** Another filter, as going back in the browser's history brings one. @param {string} cohort */
  filter(cohort) {
    const kept = [...new URLSearchParams(location.search)].filter(([key]) => key.startsWith("_"));
    history.pushState(null, "", `?${[...kept.map((pair) => pair.join("=")), cohort].join("&")}`);
    dispatchEvent(new PopStateEvent("popstate"));
  },

  /** Milliseconds from a filter change to new content in the drawer. @param {string} cohort */
  change: (cohort) => new Promise((done) => {
    const begun = performance.now();
    new MutationObserver((_, watcher) => {
      watcher.disconnect();
      done(performance.now() - begun);
    }).observe(document.querySelector("#drawer"), { childList: true });
    panels.filter(cohort);
  }),
};
