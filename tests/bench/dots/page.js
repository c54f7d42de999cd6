// What bench_dots.py measures inside the page; put into every page before its own scripts.

window.bench = {
  /** @type {number[]} */ long: [],
  begun: 0,
  firstFrames: 0,

  /** Long tasks and frames are counted from here. */
  start() {
    if (!bench.watcher) {
      bench.watcher = new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => bench.long.push(duration)));
      bench.watcher.observe({ type: "longtask" });
    }
    bench.long = [];
    bench.firstFrames = flowmap.stats().frames;
    bench.begun = performance.now();
  },

  stop() {
    const { frames, active, playing } = flowmap.stats();
    const fps = (1000 * (frames - bench.firstFrames)) / (performance.now() - bench.begun);
    return { fps, active, playing, longest_task: Math.max(0, ...bench.long) };
  },

  /** Seconds from navigation to the first frame in which the clock has moved. */
  firstMoving: () => new Promise((done) => {
    let clock = "";
    const look = () => {
      const stats = window.flowmap?.stats();
      if (stats?.frames > 0 && stats.active > 0) {
        if (clock && stats.clock !== clock && stats.playing) return done(performance.now() / 1000);
        clock = stats.clock;
      }
      setTimeout(look, 10);
    };
    look();
  }),

  /** Milliseconds from the press that a hand makes to the first frame drawn after it. */
  filter: () => new Promise((done) => {
    const { frames } = flowmap.stats(), begun = performance.now();
    document.querySelector("#legend button").click();
    const look = () => (flowmap.stats().frames > frames ? done(performance.now() - begun) : setTimeout(look, 1));
    look();
  }),

  /** Frames a second of a worker that does nothing but `putImageData`: what the machine can give at best today. */
  plain: () => new Promise((done) => {
    const canvas = document.createElement("canvas");
    canvas.width = 1280;
    canvas.height = 720;
    document.body.append(canvas);
    const worker = new Worker(URL.createObjectURL(new Blob([`(${draw})()`])));
    worker.onmessage = ({ data }) => { worker.terminate(); done(data); };
    const offscreen = canvas.transferControlToOffscreen();
    worker.postMessage(offscreen, [offscreen]);

    /** Runs in the worker, alone: nothing from outside is known here. */
    function draw() {
      onmessage = ({ data }) => {
        const context = data.getContext("2d"), image = context.createImageData(1280, 720);
        const pixels = new Uint32Array(image.data.buffer), begun = performance.now();
        let frames = 0;
        const tick = () => {
          pixels.fill(0);
          for (let i = 0; i < 999; i++) pixels[(Math.random() * pixels.length) | 0] = 0xff0000ff;
          context.putImageData(image, 0, 0);
          frames++;
          const ms = performance.now() - begun;
          if (ms > 4000) postMessage((1000 * frames) / ms); else requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
      };
    }
  }),
};
