/** What a page is: a folder with `index.ts` that exports `open`, its words in two files, and a line in the register. */

import type { Where } from "../where";

export interface Stage {
  /** Empty element to fill. */
  main: HTMLElement;
  where: Where;
  /** Aborted when the page is left. */
  signal: AbortSignal;
  go(change: Partial<Where>): void;
}

export interface Page {
  open(stage: Stage): Promise<void>;
}

export interface Registered {
  id: string;
  load(): Promise<Page>;
}
