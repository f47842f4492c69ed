/** Waiting for a run: asks more and more seldom, tells every step, stops when the page is left. */

import { api } from "./client";
import type { Asked, Run } from "./types";

const ENDED = new Set(["done", "failed", "cancelled"]);

export async function waitFor(
  run: string,
  tell: (run: Run) => void,
  signal: AbortSignal,
): Promise<Run> {
  for (let pause = 150; ; pause = Math.min(pause * 1.3, 1500)) {
    const now = await api.run(run);
    signal.throwIfAborted();
    tell(now);
    if (ENDED.has(now.state)) return now;
    await new Promise((wake) => setTimeout(wake, pause));
    signal.throwIfAborted();
  }
}

/**
 * Follows a what-if: `tell` is called with every stage that has an answer; returns when the last one
 * is there, or the run ended without.
 */
export async function follow(
  asked: Asked,
  tell: (asked: Asked) => void,
  signal: AbortSignal,
): Promise<Asked> {
  let now = asked;
  tell(now);
  while (now.stage !== "full" && !ENDED.has(now.state)) {
    now = await api.more(now.run, now.stage);
    signal.throwIfAborted();
    tell(now);
  }
  return now;
}
