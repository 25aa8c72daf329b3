import { describe, expect, test } from "vitest";
import type { CompiledCell } from "../../runtime/protocol.ts";
import { StripError } from "../../runtime/strip-error.ts";
import { strip } from "../../runtime/strip.ts";
import { erase, recompile } from "../client/recompile.ts";
import { erasedCells, tokens } from "./erased.ts";

describe("types erased in the browser", () => {
  test("a cell in fifty of the book is the program that the builder runs", async () => {
    expect(await erasedCells(50)).toBeGreaterThan(10);
  });

  test.each([
    "const f = (g: (x: number) => void) => g;",
    "const f = (w: w, x?: { y: 1 }): { z: 2 } => ({ z: x });",
    "x as unknown as A;",
    "const a = b! satisfies A;",
    "function f<T extends {}>(a?: T): a is T {}",
    "function f(\n  a: A,\n):\n  { b: C } {\n}",
    "const f = (a: A):\n  readonly B[] | undefined =>\n  a;",
    "class A<T> extends B<T> implements C { readonly d: T; override e = 1; }",
    "export type A = 1;",
    "import { a, type B } from \"./c.md\";",
  ])("%s", (code) => {
    expect(tokens(erase(code))).toEqual(tokens(strip(code)));
  });

  test.each([
    ["\nenum A { B }", 1],
    ["class A {\n  constructor(private b: number) {}\n}", 1],
  ])("%s is more than types", (code, line) => {
    expect(() => erase(code)).toThrow(StripError);
    expect(() => erase(code)).toThrow(expect.objectContaining({ line }));
  });
});

describe("a recompiled cell", () => {
  const cell: CompiledCell = { id: 2, kind: "model", slow: false, line: 40, inputs: [],
    outputs: ["old"], imports: [], fn: async () => ({}) };
  const edit = (code: string) => ({ page: "chapters/01-a/01-b.md", cell: 2, code });

  test("takes inputs, gives names, and imports by the page's path", async () => {
    const made = recompile(cell, edit(
      'import { c } from "../00-z/03-c.md";\nexport const d: number = c + e;\n'));
    expect(made.inputs).toEqual(["e", "c"]);
    expect(made.outputs).toEqual(["d"]);
    expect(made.imports).toEqual([
      { name: "c", local: "c", from: "chapters/00-z/03-c.md" }]);
    expect(await made.fn({}, 1, 2)).toEqual({ names: { d: 3 } });
  });

  test("throws at the page's own line and column", async () => {
    const made = recompile(cell, edit(
      "const a: number = 1;\nconst b: number = nothing.of(a);\n"));
    const error = await made.fn({}, undefined).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toHaveProperty("stack",
      expect.stringContaining("chapters/01-a/01-b.md:41:27"));
  });

  test("that does not parse keeps its names and says where it breaks", async () => {
    const made = recompile(cell, edit("const a = 1;\nconst b = (;\n"));
    expect(made.outputs).toEqual(["old"]);
    const error = await made.fn({}).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SyntaxError);
    expect(error).toHaveProperty("stack",
      expect.stringContaining("chapters/01-a/01-b.md:41:12"));
  });
});
