/** The pages in the order of the menu. A page for a new room is one folder and one line here. */

import type { Registered } from "./page";

export const PAGES: readonly Registered[] = [
  { id: "start", load: () => import("./start") },
  { id: "faults", load: () => import("./faults") },
  { id: "overview", load: () => import("./overview") },
  { id: "map", load: () => import("./map") },
  { id: "measure", load: () => import("./measure") },
  { id: "whatif", load: () => import("./whatif") },
  { id: "report", load: () => import("./report") },
];
