import { expect, test } from "vitest";
import { resolveImport } from "./book.ts";
import { createDataflow, type Dataflow } from "./dataflow.ts";
import { testKit } from "./expect.ts";
import { parsePage } from "./page.ts";
import type {
  CellResult, CompiledCell, CompiledPage, InputSetting,
} from "./protocol.ts";
import { study } from "./study.ts";
import { tangleDataflow } from "./tangle.ts";

const fence = "```";
const page = (...cells: readonly (readonly [info: string, code: string])[]): string =>
  `# A page\n\n${cells.map(([info, code]) => `${fence}${info}\n${code}\n${fence}\n`)
    .join("\n")}`;

async function compile(path: string, source: string): Promise<CompiledPage> {
  const { page: parsed, facts } = study(parsePage(source, path));
  const code = tangleDataflow(parsed, facts, (from) => resolveImport(from, path));
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  return (await import(/* @vite-ignore */ url) as { default: CompiledPage }).default;
}

type Run = {
  readonly flow: Dataflow;
  readonly starts: string[];
  readonly of: (cell: number, path?: string) => CellResult;
  readonly edit: (cell: number, source: string, path?: string) => Promise<void>;
};

const a = "chapters/1/a.md";

async function runPages(
  pages: Readonly<Record<string, string>>, settings: readonly InputSetting[] = [],
): Promise<Run> {
  const results = new Map<string, CellResult>();
  const starts: string[] = [];
  const flow = createDataflow({
    loadPage: (path) => compile(path, pages[path] ?? ""),
    loadPackage: async () => ({ max: Math.max }),
    readFile: async (path, name) => new TextEncoder().encode(`"${path} ${name}"`),
    testKit: async () => testKit(),
    tests: "quick",
    onStart: (path, cell) => starts.push(`${path} ${cell}`),
    onResult: (result) => results.set(`${result.page} ${result.cell}`, result),
  });
  await flow.open(a, settings);
  await flow.settled();
  return {
    flow, starts,
    of: (cell, path = a) => {
      const result = results.get(`${path} ${cell}`);
      if (!result) throw new Error(`cell ${cell} of ${path} did not report`);
      return result;
    },
    edit: async (cell, source, path = a) => {
      const compiled = await compile(path, source);
      await flow.redefine(path, compiled.cells.find((c) => c.id === cell) as CompiledCell);
      await flow.settled();
    },
  };
}

const shownText = (result: CellResult): string => result.shown
  .map((s) => "markup" in s ? s.markup.replace(/<[^>]+>/g, "") : s.state.input).join("|");

test("cells see the names of other cells; a view shows its expression", async () => {
  const { of } = await runPages({ [a]: page(
    ["ts", "const x = 20n;"], ["ts", "export const y = x + 1n;"], ["ts view", "y;"]) });
  expect(shownText(of(2))).toBe("0x15");
});

test("a test cell's verdicts name the failed test, its reason and its place", async () => {
  const { of } = await runPages({ [a]: page(
    ["ts", "const x = 1;"],
    ["ts test", 'test("A1 · one", () => { expect(x).toBe(1); });\n'
      + 'test.each([[1, 2]])("A2 · %i is %i", (l, r) => {\n  expect(l).toBe(r);\n});']) });
  expect(of(1).verdicts).toEqual([
    { name: "A1 · one", ok: true },
    { name: "A2 · 1 is 2", ok: false,
      message: "AssertionError: expected 1 to be 2 // Object.is equality" },
  ]);
});

test("an edit reruns what depends on it and nothing else", async () => {
  const cells = (x: string) => page(["ts", x], ["ts view", "x"], ["ts view", "1"]);
  const run = await runPages({ [a]: cells("const x = 1;") });
  run.starts.length = 0;
  await run.edit(0, cells("const x = 2;"));
  expect(shownText(run.of(1))).toBe("2");
  expect(run.starts).toEqual([`${a} 0`, `${a} 1`]);
});

test("an edit that removes a name, and one that brings it back", async () => {
  const cells = (x: string) => page(["ts", x], ["ts view", "x"]);
  const run = await runPages({ [a]: cells("const x = 1;") });
  await run.edit(0, cells("const z = 1;"));
  expect(run.of(1).trouble).toMatchObject({ message: "x is not defined", waitsFor: "x" });
  await run.edit(0, cells("const x = 7;"));
  expect(shownText(run.of(1))).toBe("7");
});

test("a cell that throws says so; its dependents say what they wait for", async () => {
  const { of } = await runPages({ [a]: page(
    ["ts", 'const x = (() => { throw new RangeError("no"); })();'], ["ts view", "x"],
    ["ts view", "1"]) });
  expect(of(0).trouble).toMatchObject({ message: "RangeError: no" });
  expect(of(1).trouble).toMatchObject({ message: "no", waitsFor: "x" });
  expect(shownText(of(2))).toBe("1");
});

test("a name defined twice is trouble in both cells, never a silent winner", async () => {
  const { of } = await runPages({ [a]: page(
    ["ts", "const x = 1;"], ["ts", "const x = 2;"], ["ts view", "x"]) });
  expect(of(2).trouble?.message).toBe("x is defined more than once");
});

test("pages import pages lazily, and edits reach importers", async () => {
  const b = "chapters/1/b.md";
  const source = (n: number) => page(["ts", `export const x = ${n};`], ["ts view", "x"]);
  const run = await runPages({ [b]: source(1), [a]: page(
    ["ts", 'import { x } from "./b.md";\nimport { max } from "d3-array";'],
    ["ts view", "max(x, 0)"]) });
  expect(shownText(run.of(1))).toBe("1");
  expect(run.starts).not.toContain(`${b} 1`);
  await run.edit(0, source(5), b);
  expect(shownText(run.of(1))).toBe("5");
});

test("an imported page can be opened later; its own cells run then", async () => {
  const b = "chapters/1/b.md";
  const run = await runPages({
    [b]: page(["ts", "export const x = 1;"], ["ts view", "x + 1"]),
    [a]: page(["ts", 'import { x } from "./b.md";'], ["ts view", "x"]) });
  await run.flow.open(b);
  await run.flow.settled();
  expect([shownText(run.of(1, b)), shownText(run.of(1))]).toEqual(["2", "1"]);
});

test("an input moves its dependents, not its own cell", async () => {
  const run = await runPages({ [a]: page(
    ["ts view", 'const n = view(slider([0, 9], { label: "n", value: 3 }));'],
    ["ts view", "n * 2"]) });
  expect(shownText(run.of(1))).toBe("6");
  run.starts.length = 0;
  run.flow.set(a, 0, 0, 4);
  await run.flow.settled();
  expect(shownText(run.of(1))).toBe("8");
  expect(run.starts).toEqual([`${a} 1`]);
  expect(run.of(0).shown).toMatchObject([{ state: { value: 4, text: "4" } }]);
});

test("a setting survives a rerun of its cell; one that does not fit is ignored", async () => {
  const cells = (max: number) => page(["ts", `const max = ${max};`],
    ["ts view", 'const n = view(slider([0, max], { label: "n" }));'], ["ts view", "n"]);
  const run = await runPages({ [a]: cells(9) });
  run.flow.set(a, 1, 0, 4);
  await run.flow.settled();
  await run.edit(0, cells(8));
  expect(shownText(run.of(2))).toBe("4");
  run.flow.set(a, 1, 0, 99);
  await run.flow.settled();
  expect(shownText(run.of(2))).toBe("4");
});

test("a page opens with the settings it is given; each cell runs once", async () => {
  const cells = (max: number) => page(["ts", `const max = ${max};`],
    ["ts view", 'const n = view(slider([0, max], { label: "n" }));'], ["ts view", "n"]);
  const run = await runPages({ [a]: cells(9) },
    [{ cell: 1, index: 0, value: 7 }, { cell: 1, index: 9, value: 1 }]);
  expect(shownText(run.of(2))).toBe("7");
  expect(run.of(1).shown).toMatchObject([{ state: { value: 7 } }]);
  expect(run.starts).toEqual([`${a} 0`, `${a} 1`, `${a} 2`]);
  run.flow.set(a, 1, 0, 5);
  await run.flow.settled();
  await run.edit(0, cells(8));
  expect(shownText(run.of(2))).toBe("5");
});

test("promises and iterators pass between cells as they are", async () => {
  const { of } = await runPages({ [a]: page(
    ["ts", "const p = Promise.resolve(1);\nfunction* f() { yield 1; yield 2; }\n"
      + "const g = f();"],
    ["ts view", "[p instanceof Promise, typeof g.next].join()"]) });
  expect(shownText(of(1))).toContain("true,function");
});

test("slow test cells have no verdicts unless the host runs them", async () => {
  const { of } = await runPages({ [a]: page(
    ["ts test slow", 'test("A1 · never", () => { throw new Error(); });']) });
  expect(of(0)).toMatchObject({ verdicts: [], shown: [] });
});

test("files beside the page", async () => {
  const { of } = await runPages({ [a]: page(
    ["ts view", 'const text = await fixtureJson("f.json");'], ["ts view", "text"]) });
  expect(shownText(of(1))).toContain(`${a} f.json`);
});

test("the value of view(…) in its own cell is refused with a reason", async () => {
  const { of } = await runPages({ [a]: page(
    ["ts view", "const n = view(slider([0, 9])) + 1;"]) });
  expect(of(0).trouble?.message).toContain("bind it to a name of its own");
});

test("what a cell wants done meanwhile is done piece by piece, and anew when it reruns",
  async () => {
    const { flow, edit, of } = await runPages({ [a]: page(
      ["ts view", "const n = view(slider([1, 9], { value: 2 }));"],
      ["ts", "const done = [];\nconst add = (x) => done.push(x);"],
      ["ts view", 'meanwhile([() => add(n), () => { throw new Error("no"); }, '
        + "() => add(n * 10), () => add(0)]);"],
      ["ts view", "const look = () => done.join();\nlook();"]) });
    expect([shownText(of(3)), flow.idle(), flow.idle()]).toEqual(["", true, true]);
    flow.set(a, 0, 0, 3);
    await flow.settled();
    for (let n = 0; n < 4; n++) expect(flow.idle()).toBe(true);
    expect(flow.idle()).toBe(false);
    await edit(3, page(["ts", ""], ["ts", ""], ["ts", ""], ["ts view", "done.join();"]));
    expect(shownText(of(3))).toBe('&quot;2,3,30,0&quot;'); // 20 was left out: n had changed
  });
