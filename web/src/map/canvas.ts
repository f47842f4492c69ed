/** A map that can be coloured: by MapLibre where the browser has WebGL, else as SVG. */

import type { Geography, Overlays } from "./geography";

export interface Look {
  /** Colour of each county by code. */
  colours: ReadonlyMap<string, string>;
  /** Text shown for a county under the pointer or the keyboard's focus. */
  words(place: string): string;
  /** Elements of the layout drawn with a strong outline. */
  outlined: readonly string[];
  /** Links drawn strongly, by `link_id`. */
  marked: readonly string[];
  /** Whether all links are drawn. */
  links: boolean;
}

export interface Canvas {
  element: HTMLElement;
  kind: "webgl" | "svg";
  look(look: Look): void;
  /** Give what lies over the counties, once it is here. */
  overlay(overlays: Overlays): void;
  /** Resolves when the first complete picture stands. */
  ready: Promise<void>;
  remove(): void;
}

/** Whether this browser draws WebGL 2; `?svg` in the address asks for the other way. */
export function hasWebGL(): boolean {
  if (new URLSearchParams(location.search).has("svg")) return false;
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

export type MakeCanvas = (
  host: HTMLElement,
  geography: Geography,
  label: string,
  picked: (place: string) => void,
) => Canvas;

/** What draws maps in this browser; ask early, so that it loads while data are fetched. The host must
 * stand in the page already: the first picture is fitted to its size. */
export async function canvasMaker(): Promise<MakeCanvas> {
  if (hasWebGL()) return (await import("./webgl")).webglCanvas;
  return (await import("./svg")).svgCanvas;
}
