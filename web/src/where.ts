/** The page's address after `#`: which page, which region, study and run. It can be kept as a bookmark. */

export interface Where {
  page: string;
  region: string;
  study: string;
  bundle: string;
}

const KEYS = ["region", "study", "bundle"] as const;

/** `#/map?region=shanxi` is the map of shanxi; what is not said is empty. */
export function read(hash: string): Where {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const given = new URLSearchParams(query);
  const where: Where = { page: path || "start", region: "", study: "", bundle: "" };
  for (const key of KEYS) where[key] = given.get(key) ?? "";
  return where;
}

export function write(where: Where): string {
  const query = new URLSearchParams();
  for (const key of KEYS) if (where[key]) query.set(key, where[key]);
  const tail = query.toString();
  return `#/${where.page}${tail ? `?${tail}` : ""}`;
}
