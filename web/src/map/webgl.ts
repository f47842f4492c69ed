/** The map by MapLibre. Shapes are sent once; a new look only changes colours. */

import * as maplibregl from "maplibre-gl";
import workerAddress from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import { h } from "../parts/dom";
import { language, t } from "../strings";
import type { Canvas, Look } from "./canvas";
import { MISSING_COLOUR } from "./classes";
import { boxOf, prefectureNames, text, type Geography, type Overlays } from "./geography";
import { svgMap } from "./svg";

maplibregl.setWorkerUrl(workerAddress);

const FONTS = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif"].join(",");
const CHINA: [number, number, number, number] = [73, 18, 135, 54];

/** Where each region's map was last looked at, while the tab stays open. */
const looked = new Map<string, { center: maplibregl.LngLat; zoom: number }>();

const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

function style(geography: Geography): maplibregl.StyleSpecification {
  const geojson = (data: GeoJSON.FeatureCollection, promoteId?: string) =>
    ({ type: "geojson", data, ...(promoteId ? { promoteId } : {}), tolerance: 0.2 }) as const;
  const names: GeoJSON.FeatureCollection = {
    type: "FeatureCollection",
    features: prefectureNames(geography).map(({ name, at }) => ({
      type: "Feature",
      properties: { name },
      geometry: { type: "Point", coordinates: at },
    })),
  };
  const words = { "text-color": "#111", "text-halo-color": "#fff", "text-halo-width": 1.4 };
  const own = language() === "en" ? "name_en" : "name_zh";
  return {
    version: 8,
    sources: {
      counties: geojson(geography.counties, "place"),
      prefectures: geojson(geography.prefectures),
      links: geojson(NOTHING, "link_id"),
      elements: geojson(NOTHING),
      outside: geojson(NOTHING),
      names: geojson(names),
    },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": "#ffffff" } },
      {
        id: "counties",
        type: "fill",
        source: "counties",
        paint: { "fill-color": ["coalesce", ["feature-state", "colour"], MISSING_COLOUR] },
      },
      {
        id: "county-edges",
        type: "line",
        source: "counties",
        paint: {
          "line-color": ["case", ["boolean", ["feature-state", "hover"], false], "#111", "#ffffff"],
          "line-width": ["case", ["boolean", ["feature-state", "hover"], false], 2, 0.6],
        },
      },
      {
        id: "prefectures",
        type: "line",
        source: "prefectures",
        paint: { "line-color": "#4a4a4a", "line-width": 1.1 },
      },
      {
        id: "links",
        type: "line",
        source: "links",
        layout: { visibility: "none" },
        paint: {
          "line-color": "#555555",
          "line-width": ["match", ["get", "mode"], "rail", 1.6, 0.8],
          "line-opacity": 0.75,
        },
      },
      {
        id: "marked",
        type: "line",
        source: "links",
        filter: ["in", ["get", "link_id"], ["literal", []]],
        layout: { "line-cap": "round" },
        paint: { "line-color": "#c2185b", "line-width": 4 },
      },
      {
        id: "elements",
        type: "line",
        source: "elements",
        filter: ["in", ["get", "group"], ["literal", []]],
        layout: { "line-join": "round" },
        paint: { "line-color": "#c2185b", "line-width": 2.6 },
      },
      {
        id: "outside",
        type: "circle",
        source: "outside",
        minzoom: 6.2,
        paint: { "circle-radius": 2.5, "circle-color": "#888888" },
      },
      {
        id: "county-names",
        type: "symbol",
        source: "counties",
        minzoom: 7.6,
        layout: { "text-field": ["coalesce", ["get", own], ["get", "name_zh"]], "text-size": 11 },
        paint: words,
      },
      {
        id: "names",
        type: "symbol",
        source: "names",
        maxzoom: 7.6,
        layout: { "text-field": ["get", "name"], "text-size": 13, "text-padding": 1 },
        paint: words,
      },
      {
        id: "outside-names",
        type: "symbol",
        source: "outside",
        minzoom: 7,
        layout: {
          "text-field": ["coalesce", ["get", own], ["get", "name_zh"]],
          "text-size": 11,
          "text-offset": [0, 0.9],
        },
        paint: { ...words, "text-color": "#555" },
      },
    ],
  };
}

export function webglCanvas(
  host: HTMLElement,
  geography: Geography,
  label: string,
  picked: (place: string) => void,
): Canvas {
  const frame = h("div.map-frame");
  const words = h("p.map-words", { "aria-live": "polite" });
  const element = h("div.map", {}, frame, words);
  host.append(element);
  const map = new maplibregl.Map({
    container: frame,
    style: style(geography),
    ...(looked.get(geography.region) ?? {
      bounds: boxOf(geography.counties) ?? CHINA,
      fitBoundsOptions: { padding: 18 },
    }),
    fadeDuration: 0,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    renderWorldCopies: false,
    localIdeographFontFamily: FONTS,
    locale: {
      "NavigationControl.ZoomIn": t("map.zoom_in"),
      "NavigationControl.ZoomOut": t("map.zoom_out"),
      "Map.Title": label,
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
  const painter = new Painter(map, geography, words, picked);
  const paper = onPaper(geography, label, element, painter);
  return {
    element,
    kind: "webgl",
    look: (look) => painter.look(look),
    overlay: (overlays) => painter.overlay(overlays),
    ready: new Promise((done) => void map.once("idle", () => done())),
    remove: () => {
      removeEventListener("beforeprint", paper);
      looked.set(geography.region, { center: map.getCenter(), zoom: map.getZoom() });
      map.remove();
      element.remove();
    },
  };
}

/** Before printing the drawing is put beside the picture, which does not reach paper. */
function onPaper(
  geography: Geography,
  label: string,
  element: HTMLElement,
  painter: Painter,
): () => void {
  const copy = (): void => {
    element.querySelector(".on-paper")?.remove();
    const look = painter.latest;
    if (!look) return;
    const drawing = svgMap(geography, label);
    if (painter.over) drawing.overlay(painter.over);
    drawing.look(look);
    drawing.svg.classList.add("on-paper");
    element.append(drawing.svg);
  };
  addEventListener("beforeprint", copy);
  return copy;
}

/** Keeps what is drawn beside what was asked, and follows the pointer. */
class Painter {
  latest: Look | null = null;
  over: Overlays | null = null;
  private loaded = false;
  private hovered: string | null = null;
  /** Looks asked for so far; the last one that stands is on the container as `data-painted`. */
  private asked = 0;

  constructor(
    private readonly map: maplibregl.Map,
    private readonly geography: Geography,
    private readonly words: HTMLElement,
    picked: (place: string) => void,
  ) {
    map.once("load", () => {
      this.loaded = true;
      if (this.over) this.spread(this.over);
      if (this.latest) this.paint(this.latest);
    });
    map.on("mousemove", "counties", (event) => this.hover(event.features?.[0]?.id));
    map.on("mouseleave", "counties", () => this.hover(undefined));
    map.on("click", "counties", (event) => {
      const place = event.features?.[0]?.id;
      if (place !== undefined) picked(String(place));
    });
  }

  look(look: Look): void {
    this.latest = look;
    if (this.loaded) this.paint(look);
  }

  overlay(overlays: Overlays): void {
    this.over = overlays;
    if (this.loaded) this.spread(overlays);
  }

  private spread(overlays: Overlays): void {
    for (const name of ["links", "outside", "elements"] as const)
      void this.map.getSource<maplibregl.GeoJSONSource>(name)?.setData(overlays[name]);
  }

  private paint(look: Look): void {
    const { map } = this;
    for (const county of this.geography.counties.features) {
      const place = text(county, "place");
      const colour = look.colours.get(place) ?? MISSING_COLOUR;
      map.setFeatureState({ source: "counties", id: place }, { colour });
    }
    map.setLayoutProperty("links", "visibility", look.links ? "visible" : "none");
    map.setFilter("marked", ["in", ["get", "link_id"], ["literal", [...look.marked]]]);
    map.setFilter("elements", ["in", ["get", "group"], ["literal", [...look.outlined]]]);
    const asked = ++this.asked;
    map.once("idle", () => {
      map.getContainer().dataset["painted"] = String(asked);
    });
  }

  private hover(id: string | number | undefined): void {
    const place = id === undefined ? null : String(id);
    if (place === this.hovered) return;
    for (const [which, hover] of [[this.hovered, false], [place, true]] as const)
      if (which) this.map.setFeatureState({ source: "counties", id: which }, { hover });
    this.hovered = place;
    this.words.textContent = place && this.latest ? this.latest.words(place) : "";
  }
}
