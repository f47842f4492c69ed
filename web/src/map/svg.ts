/** The map as SVG: for browsers without WebGL, and for paper. */

import type { Feature, Position } from "geojson";
import { t } from "../strings";
import { h } from "../parts/dom";
import { MISSING_COLOUR } from "./classes";
import type { Canvas, Look } from "./canvas";
import { boxOf, prefectureNames, text, type Geography, type Overlays } from "./geography";

const NS = "http://www.w3.org/2000/svg";
const WIDTH = 800;
const MARGIN = 12;

type Project = (position: Position) => [number, number];

function draw<K extends keyof SVGElementTagNameMap>(
  tag: K,
  given: Record<string, string | number>,
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(given)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Web Mercator fitted to the counties, as the other map draws it. */
function fitted(geography: Geography): { project: Project; height: number } | null {
  const box = boxOf(geography.counties);
  if (!box) return null;
  const y = (lat: number): number => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  const [west, south, east, north] = box;
  const width = ((east - west) * Math.PI) / 180;
  const tall = y(north) - y(south);
  const scale = Math.min((WIDTH - 2 * MARGIN) / width, (1.25 * WIDTH) / tall);
  const left = (WIDTH - width * scale) / 2;
  return {
    project: ([lon, lat]) => [
      left + (((lon! - west) * Math.PI) / 180) * scale,
      MARGIN + (y(north) - y(lat!)) * scale,
    ],
    height: Math.ceil(tall * scale + 2 * MARGIN),
  };
}

function outline({ geometry }: Feature, project: Project): string {
  if (!geometry) return "";
  const line = (ring: Position[], end: string): string =>
    "M" + ring.map((p) => project(p).map((v) => v.toFixed(1)).join(",")).join("L") + end;
  switch (geometry.type) {
    case "Polygon":
      return geometry.coordinates.map((ring) => line(ring, "Z")).join("");
    case "MultiPolygon":
      return geometry.coordinates.flat().map((ring) => line(ring, "Z")).join("");
    case "LineString":
      return line(geometry.coordinates, "");
    case "MultiLineString":
      return geometry.coordinates.map((part) => line(part, "")).join("");
    default:
      return "";
  }
}

interface Drawing {
  svg: SVGSVGElement;
  shapes: Map<string, SVGPathElement>;
  look(look: Look): void;
  overlay(overlays: Overlays): void;
}

/** The drawing and how to colour it; `focusable` makes every county a stop of the keyboard. */
export function svgMap(
  geography: Geography,
  label: string,
): Drawing {
  const shapes = new Map<string, SVGPathElement>();
  const fit = fitted(geography);
  const svg = draw("svg", { role: "img", "aria-label": label, class: "svg-map" });
  if (!fit) return { svg, shapes, look: () => undefined, overlay: () => undefined };
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${fit.height}`);
  for (const county of geography.counties.features) {
    const shape = draw("path", {
      d: outline(county, fit.project),
      stroke: "#fff",
      "stroke-width": 0.6,
    });
    shapes.set(text(county, "place"), shape);
    svg.append(shape);
  }
  for (const prefecture of geography.prefectures.features)
    svg.append(stroke(outline(prefecture, fit.project), "#4a4a4a", 1.2));
  const above = draw("g", { fill: "none", "pointer-events": "none" });
  svg.append(above);
  for (const { name, at } of prefectureNames(geography)) {
    const [x, y] = fit.project(at);
    svg.append(draw("text", { x, y, class: "map-name" }, name));
  }
  let over: Overlays | null = null;
  let latest: Look | null = null;
  const drawing: Drawing = {
    svg,
    shapes,
    overlay(overlays) {
      over = overlays;
      if (latest) drawing.look(latest);
    },
    look(look) {
      latest = look;
      for (const [place, shape] of shapes) {
        shape.setAttribute("fill", look.colours.get(place) ?? MISSING_COLOUR);
        shape.replaceChildren(draw("title", {}, look.words(place)));
      }
      above.replaceChildren(...(over ? lines(over, look, fit.project) : []));
    },
  };
  return drawing;
}

function lines(over: Overlays, look: Look, project: Project): SVGPathElement[] {
  const marked = new Set(look.marked);
  const found: SVGPathElement[] = [];
  for (const link of over.links.features) {
    const strong = marked.has(text(link, "link_id"));
    if (!strong && !look.links) continue;
    found.push(stroke(outline(link, project), strong ? "#c2185b" : "#555", strong ? 3 : 0.8));
  }
  for (const group of over.elements.features)
    if (look.outlined.includes(text(group, "group")))
      found.push(stroke(outline(group, project), "#c2185b", 2.6));
  return found;
}

function stroke(d: string, colour: string, width: number): SVGPathElement {
  return draw("path", { d, fill: "none", stroke: colour, "stroke-width": width, "pointer-events": "none" });
}

export function svgCanvas(
  host: HTMLElement,
  geography: Geography,
  label: string,
  picked: (place: string) => void,
): Canvas {
  const { svg, shapes, look, overlay } = svgMap(geography, label);
  for (const [place, shape] of shapes) shape.addEventListener("click", () => picked(place));
  const element = h("div.map.svg", {}, h("p.hint", {}, t("map.without_webgl")));
  element.append(svg);
  host.append(element);
  return { element, kind: "svg", look, overlay, ready: Promise.resolve(), remove: () => element.remove() };
}
