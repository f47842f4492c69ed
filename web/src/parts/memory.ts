/**
 * What a page remembers while the tab stays open: its form and its answer.
 *
 * A page reads it when it opens, so that another language, or a look at another page, loses nothing.
 */

const kept = new Map<string, object>();

/** The memory of `key`, made by `fresh` the first time; change it in place. */
export function memory<T extends object>(key: string, fresh: () => T): T {
  const known = kept.get(key);
  if (known) return known as T;
  const made = fresh();
  kept.set(key, made);
  return made;
}
