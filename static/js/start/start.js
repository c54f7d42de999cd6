// The start page: the datasets that there are, and the place where files are brought in.

import { guardPage } from "./drop.js";
import { importing } from "./importing.js";
import { shelfOf } from "./shelf.js";

const shelf = document.getElementById("datasets");
const section = document.getElementById("import");
const body = document.getElementById("import-body");
if (shelf && section && body) {
  guardPage();
  const desk = importing(section, body, () => datasets.refresh());
  const datasets = shelfOf(shelf, { rebuild: desk.rebuild, demo: desk.demo });
}
