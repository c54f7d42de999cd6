// The picture: a buffer of pixels over the whole canvas, drawn anew every frame from the world and the instant.

import { drawMarks, drawSprite, drawSprites, markDots } from "./dots.js";
import { palettes } from "./palette.js";
import { emptyPlaces, longestShelf, placeDots, placeLeg } from "./place.js";
import { queueSpots, standingSize } from "./queues.js";
import { MARGIN, pathsOf, placeOf, rasterOf, sample } from "./routes.js";
import { dotSize, flatColours, makeRing, makeSprite, smoothSprites } from "./sprites.js";
import { VARIANT, tintsOf } from "./tints.js";

/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Geometry} Geometry */
/** @typedef {import("./types.js").Colouring} Colouring */

/** How near a press must be to a dot, in CSS pixels. */
const REACH = 9;

export class Picture {
  /** @param {HTMLCanvasElement|OffscreenCanvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser gives no drawing surface. Try a current Firefox, Chrome, Edge or Safari.");
    this.context = /** @type {OffscreenCanvasRenderingContext2D} */ (context);
    /** @type {View} */
    this.view = { width: 300, height: 150, dpr: 1, k: 1, x: 0, y: 0, theme: "light" };
    /** @type {Colouring} */
    this.colouring = { by: "visit", classes: [] };
    /** The world's edition that was last prepared. */
    this.edition = -1;
    this.stale = { paths: true, ways: true, tints: true, sprites: true };
    this.raster = rasterOf(this.view);
    this.pixels = new Uint32Array(0);
    this.marks = new Uint8Array(0);
    /** @type {ImageData|null} */ this.image = null;
    /** @type {Geometry} */ this.geometry = { stations: [], routes: [] };
    this.paths = pathsOf(this.geometry, { routes: 0, stations: 0, returns: 0, all: 0 });
    this.ways = sample(this.paths, this.view, this.raster);
    /** @type {import("./tints.js").Tints} */
    this.tints = { tint: new Uint8Array(0), near: null, due: null, nearTint: 0, dueTint: 0 };
    this.queues = queueSpots(new Int32Array(0), [], this.view, this.raster);
    this.places = emptyPlaces(0);
    this.runs = { first: new Uint32Array(0), last: new Uint32Array(0) };
    /** @type {import("./sprites.js").DotSize} */ this.size = { smooth: true, diameter: 8 };
    /** @type {import("./sprites.js").Sprite[]} */ this.sprites = [];
    /** @type {Uint8Array} */ this.standing = new Uint8Array(0);
    this.flat = { ink: new Uint32Array(0), fill: new Uint32Array(0) };
    /** @type {import("./sprites.js").Sprite[]} */ this.follow = [];
    /** @type {import("./place.js").Scene|null} */ this.scene = null;
    this.resize();
  }

  /** @param {View} view */
  setView(view) {
    const { width, height, dpr, theme, k } = this.view;
    this.view = view;
    this.stale.ways = true;
    if (view.width !== width || view.height !== height || view.dpr !== dpr) this.resize();
    if (view.theme !== theme || view.dpr !== dpr || view.k !== k) this.stale.sprites = true;
  }

  resize() {
    const raster = rasterOf(this.view);
    this.raster = raster;
    this.canvas.width = raster.width;
    this.canvas.height = raster.height;
    const bytes = new Uint8ClampedArray(4 * raster.stride * raster.rows);
    this.pixels = new Uint32Array(bytes.buffer);
    this.image = new ImageData(bytes, raster.stride, raster.rows);
    this.marks = new Uint8Array((raster.stride * raster.rows + 3) & ~3);
    this.stale.sprites = true;
  }

  /** @param {Geometry} geometry */
  setGeometry(geometry) {
    this.geometry = geometry;
    this.stale.paths = true;
  }

  /** @param {Colouring} colouring */
  setColour(colouring) {
    this.colouring = colouring;
    this.stale.tints = true;
    this.stale.sprites = true;
  }

  /** Brings everything that a frame reads up to date. @param {import("./world.js").World} world @returns {import("./place.js").Scene} */
  prepare(world) {
    world.arrange();
    const { stale } = this,
      fresh = this.edition !== world.edition;
    const {
      shelves,
      hop,
      waits,
      lane,
      bend,
      slot,
      queueOf,
      legs: { tracks },
    } = world;
    if (this.scene && !fresh && !stale.paths && !stale.ways && !stale.tints && !stale.sprites) return this.scene;
    if (fresh) {
      this.places = emptyPlaces(longestShelf(shelves));
      this.runs = { first: new Uint32Array(shelves.count), last: new Uint32Array(shelves.count) };
    }
    if (stale.paths) this.paths = pathsOf(this.geometry, tracks);
    if (stale.paths || stale.ways) this.ways = sample(this.paths, this.view, this.raster);
    if (stale.paths || stale.ways || fresh) this.queues = queueSpots(world.places, this.geometry.stations, this.view, this.raster);
    if (stale.sprites || fresh) this.makeSprites(world);
    if (stale.tints || fresh) this.tints = tintsOf(world, this.colouring, !this.size.smooth);
    this.edition = world.edition;
    this.stale = { paths: false, ways: false, tints: false, sprites: false };
    this.scene = {
      shelves,
      hop,
      waits,
      lane,
      bend,
      slot,
      ...this.tints,
      ways: this.ways,
      queues: this.queues,
      standing: this.standing,
      queueOf,
      tracks,
    };
    return this.scene;
  }

  /** @param {import("./world.js").World} world */
  makeSprites({ peak, places, stations }) {
    const {
      view: { dpr, k, theme },
      raster: { stride },
      colouring: { classes },
    } = this;
    const palette = palettes[theme],
      line = 1.15 * dpr;
    const was = this.size.smooth;
    this.size = dotSize(peak, dpr, k);
    if (this.size.smooth !== was) this.stale.tints = true;
    const diameter = this.size.smooth ? this.size.diameter : this.size.size;
    const fills = [palette.other, palette.other, palette.muted, ...classes.map(({ colour }) => colour)];
    if (this.size.smooth) this.sprites = smoothSprites(fills, palette, diameter, k * dpr, line, stride);
    else this.flat = flatColours(fills, palette);
    this.standing = Uint8Array.from({ length: stations }, (_, s) => (this.size.smooth ? (1 + standingSize(places[s])) * VARIANT : 0));
    this.follow = [
      makeRing(palette.ring, { diameter: Math.max(20 * dpr, diameter * 2.2), line: 2.4 * dpr }, stride),
      makeSprite(palette.ring, palette.outline, { diameter: Math.max(9 * dpr, diameter * 1.25), line }, stride),
    ];
  }

  /**
   * @param {import("./world.js").World} world @param {number} t @param {number|null} child  the one followed
   * @returns {number} dots drawn, those between journeys left out
   */
  draw(world, t, child) {
    const scene = this.prepare(world);
    const { pixels, marks, raster, size, sprites, places } = this;
    pixels.fill(0);
    const active = placeDots(
      scene,
      t,
      places,
      size.smooth ? (n) => drawSprites(pixels, places, n, sprites) : (n) => markDots(marks, places, n),
      this.runs,
    );
    if (!size.smooth) {
      marks[raster.hidden >>> 4] = 0;
      drawMarks(pixels, marks, raster.stride, size.size, this.flat);
    }
    if (child !== null) this.drawFollowed(world, scene, t, child);
    if (this.image) this.context.putImageData(this.image, -MARGIN, -MARGIN, MARGIN, MARGIN, raster.width, raster.height);
    return active;
  }

  /** @param {import("./world.js").World} world @param {import("./place.js").Scene} scene @param {number} t @param {number} child */
  drawFollowed(world, scene, t, child) {
    for (const leg of world.legsOfChild(child)) {
      const spot = placeLeg(world, scene, leg, t);
      if (spot !== null) for (const sprite of this.follow) drawSprite(this.pixels, spot, sprite);
    }
  }

  /**
   * The dot nearest to a point, if one is near: its leg.
   * @param {import("./world.js").World} world @param {number} t @param {number} cssX @param {number} cssY @returns {number|null}
   */
  pick(world, t, cssX, cssY) {
    const { shelves } = this.prepare(world),
      {
        places,
        raster,
        view: { dpr },
      } = this;
    let nearest = (REACH * dpr) ** 2;
    /** @type {number|null} */ let leg = null;
    placeDots(this.prepare(world), t, places, (n) => {
      for (let d = 0; d < n; d++) {
        const [x, y] = placeOf(raster, places.spot[d]);
        const away = (x + 0.5 - cssX * dpr) ** 2 + (y + 0.5 - cssY * dpr) ** 2;
        // of dots at one place the last is on top, and is what a person presses
        if (away <= nearest) {
          nearest = away;
          leg = shelves.leg[places.row[d]];
        }
      }
    });
    return leg;
  }
}
