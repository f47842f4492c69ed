import { beforeEach, describe, expect, it } from "vitest";
import { classOf, divergingClasses, quantileClasses, rounded } from "../src/map/classes";
import { grouped, isOpen, type Line } from "../src/pages/whatif/lines";
import { NothingChanges, scenarioOf } from "../src/pages/whatif/scenario";
import { catalogues, setLanguage, t } from "../src/strings";
import { digitsFor, number, percent, signed } from "../src/strings/numbers";
import { read, write } from "../src/where";

beforeEach(() => setLanguage("en"));

describe("catalogues", () => {
  it("hold the same keys and the same places to fill", () => {
    const [zh, en] = [catalogues["zh-CN"], catalogues.en];
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
    const slots = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const key of Object.keys(zh)) expect(slots(en[key]!), key).toEqual(slots(zh[key]!));
  });

  it("keep Chinese out of the English page, but for the name of the other language", () => {
    const mixed = Object.entries(catalogues.en).filter(([, text]) => /[\u4e00-\u9fff]/.test(text));
    expect(mixed.map(([key]) => key).sort()).toEqual(["brand", "language.other"]);
  });

  it("refuse an unknown key", () => {
    expect(() => t("no.such.key")).toThrow("no words");
  });
});

describe("numbers", () => {
  it("are written in 万 and 亿 in Chinese and with commas in English", () => {
    expect(number(34_915_616, 0, "zh-CN")).toBe("3,491.6万");
    expect(number(34_915_616, 0, "en")).toBe("34,915,616");
    expect(number(1.2345e9, 0, "zh-CN")).toBe("12.35亿");
    expect(number(9_999, 0, "zh-CN")).toBe("9,999");
  });

  it("are a dash when missing, never zero", () => {
    for (const value of [null, undefined, NaN, Infinity]) expect(number(value)).toBe("–");
    expect(percent(null)).toBe("–");
  });

  it("carry their sign, and none where they round to nothing", () => {
    expect(percent(0.0123, 2, "en")).toBe("+1.23\u00a0%");
    expect(percent(-0.0123, 2, "en")).toBe("−1.23\u00a0%");
    expect(signed(-0.4, 0, "en")).toBe("0");
  });

  it("have decimals enough to tell limits apart", () => {
    expect(digitsFor([1, 2])).toBe(0);
    expect(digitsFor([0.5, 0.25])).toBe(2);
  });
});

describe("classes", () => {
  it("agree with the printed report's", () => {
    // The examples of buju.report.maps.classes.
    expect(quantileClasses([1, 2, 3, 4, 5, 6, 7, 8], 4).breaks).toEqual([2.8, 4.5, 6.2]);
    expect(divergingClasses([-4, -2, 0, 1, 2, 3]).breaks).toEqual([-3.4, -2, -0.2, 0.2, 2, 3.4]);
    expect(divergingClasses([0.138, -0.0003, -0.0003, -0.0002, 0.002]).breaks.slice(4)).toEqual([
      0.0001, 0.001, 0.01, 0.1,
    ]);
  });

  it("have one colour more than limits", () => {
    for (const values of [[], [1], [2, 2, 2], [1, 2, 3], [null, 5]]) {
      const sequential = quantileClasses(values);
      expect(sequential.colours.length).toBe(sequential.breaks.length + 1);
      const diverging = divergingClasses(values);
      expect(diverging.colours.length).toBe(diverging.breaks.length + 1);
    }
  });

  it("are half-open, and a missing value has none", () => {
    const classes = { breaks: [0, 5], colours: ["a", "b", "c"] };
    expect([-1, 0, 4.9, 5, NaN].map((x) => classOf(x, classes))).toEqual([0, 1, 1, 2, null]);
    expect(rounded(0.034567)).toBe(0.035);
  });
});

describe("lines", () => {
  const link = { line: "", project: "", name: "", minutes: 10, opened: "", operating: true };
  const names = new Map([["L1", { zh: "线", en: "Line" }], ["P1", { zh: "项目", en: "Project" }]]);

  it("gather links by project, then by line, single links last", () => {
    const found = grouped(
      [
        { ...link, id: "a", name: "road" },
        { ...link, id: "b", line: "L1" },
        { ...link, id: "c", line: "L1" },
        { ...link, id: "d", line: "L1", project: "P1", opened: "2027", operating: false },
      ],
      names,
    );
    expect(found.map((line) => line.id)).toEqual(["P1", "L1", "a"]);
    expect(found[1]!.links).toEqual(["b", "c"]);
  });

  it("count an incomplete date from its last day", () => {
    const line = { opened: "2020", operating: true } as Line;
    expect(isOpen(line, "2020-12-30")).toBe(false);
    expect(isOpen(line, "2020-12-31")).toBe(true);
    expect(isOpen({ ...line, opened: "2020-11" }, "2020-12-31")).toBe(true);
  });
});

describe("scenarios", () => {
  const open: Line = {
    id: "L1", name_zh: "线", name_en: "Line", links: ["b", "c"], each: [10, 30], opened: "",
    operating: true, projects: [],
    named: true, mode: "rail", facility: "high_speed",
  };
  const planned: Line = { ...open, opened: "2024-12-31", projects: ["P1"] };
  const zone = { id: "z", name_zh: "区", name_en: "Zone" };
  const at = "2020-12-31";

  it("take a line out that opens later, and build one that opens earlier", () => {
    const later = scenarioOf({ kind: "year", line: open, zone, amount: 2022 }, at);
    expect(later.links).toEqual({ b: { opened: "2022" }, c: { opened: "2022" } });
    const earlier = scenarioOf({ kind: "year", line: planned, zone, amount: 2020 }, at);
    expect(earlier.links).toEqual({ b: { opened: "2020" }, c: { opened: "2020" } });
  });

  it("say when nothing would change", () => {
    const ask = (line: Line, amount: number): unknown =>
      scenarioOf({ kind: "year", line, zone, amount }, at);
    expect(() => ask(open, 2019)).toThrow(NothingChanges);
    expect(() => ask(planned, 2030)).toThrow("whatif.closed_anyway");
  });

  it("share out minutes in proportion", () => {
    const { links } = scenarioOf({ kind: "minutes", line: open, zone, amount: 20 }, at);
    expect(links).toEqual({ b: { minutes: 5 }, c: { minutes: 15 } });
    const closed = { kind: "minutes", line: planned, zone, amount: 40 } as const;
    expect(() => scenarioOf(closed, at)).toThrow("whatif.not_there");
    const built = scenarioOf({ ...closed, opens: true }, at);
    expect(built.links!["b"]).toEqual({ minutes: 10, opened: at });
  });

  it("write a productivity with its sign", () => {
    const { zones } = scenarioOf({ kind: "productivity", line: undefined, zone, amount: 3 }, at);
    expect(zones).toEqual({ z: { productivity: "+3%" } });
  });
});

describe("addresses", () => {
  it("are read as they were written", () => {
    const where = { page: "map", region: "山西", study: "s 1", bundle: "" };
    expect(read(write(where))).toEqual(where);
    expect(read("").page).toBe("start");
  });
});
