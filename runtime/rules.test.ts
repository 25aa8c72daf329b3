import { expect, test } from "vitest";
import { parsePage, printProblem } from "./page.ts";
import { checkRules } from "./rules.ts";
import { study } from "./study.ts";

const fence = "```";
/** Cells as `[info, code]`; the first code line is line 4, each next cell 4 + n later. */
const page = (...cells: readonly (readonly [info: string, code: string])[]): string =>
  `# A page\n\n${cells.map(([info, code]) => `${fence}${info}\n${code}\n${fence}\n`)
    .join("\n")}`;

const problems = (pages: Readonly<Record<string, string>>): string[] =>
  checkRules(Object.entries(pages).map(([path, text]) => study(parsePage(text, path))))
    .map((p) => printProblem(p).replace("\n  ", " → "));

const a = "chapters/1/a.md";
const b = "chapters/1/b.md";

test("a good page has no problems", () => {
  expect(problems({
    [a]: page(["ts", "export const x = 1;\nconst f = (y: number) => html`<b>${y}</b>`;"],
      ["ts test", 'const t = x;\ntest("A1 · x", () => expect(t).toBe(1));'],
      ["ts view hide", 'const n = view(slider([0, 9]));'], ["ts view", "f(n + x)"],
      ["ts static", "let whatever = nope;"]),
    [b]: page(["ts", 'import { x } from "./a.md";\nimport { max } from "d3-array";'],
      ["ts view", "max([x])"]),
  })).toEqual([]);
});

test.each([
  ["not erasable", [["ts", "const a = 1;\n  enum E { A }"]],
    [`${a}:5:3  TypeScript enum is not supported in strip-only mode → `
      + "Cells are erasable TypeScript: only types may vanish."]],
  ["does not parse", [["ts", "const a = ;"]],
    [`${a}:4:11  Expression expected → `
      + "Cells are erasable TypeScript: only types may vanish."]],
  ["let at the top level", [["ts", "let a = 1;"]],
    [`${a}:4:1  \`let\` at the top level of a cell → Use \`const\`; a value that `
      + "changes belongs into a function or an input."]],
  ["assigns across cells", [["ts", "const a = { n: 1 };"], ["ts view", "a = 2;"]],
    [`${a}:8:1  \`a\` is assigned here but belongs to another cell → Define a new name, `
      + "or move the assignment into a function of the cell that owns it."]],
  ["defined twice", [["ts", "const a = 1;"], ["ts", "const b = 1, a = 2;"]],
    [`${a}:8:14  \`a\` is defined twice → The other definition is ${a}:4. `
      + "Rename one of them."]],
  ["used before its cell", [["ts", "const b = () => a;"], ["ts", "const a = 1;"]],
    [`${a}:4:17  \`a\` is used before its cell → It is defined at ${a}:8. `
      + "Move that cell up."]],
  ["a cycle of two cells", [["ts", "const f = () => g;"], ["ts", "const g = () => f;"]],
    [`${a}:4:17  \`g\` is used before its cell → It is defined at ${a}:8. `
      + "Move that cell up."]],
  ["model reads a view", [["ts view", "const v = view(slider([0, 1]));"],
    ["ts", "const w = v;"]],
    [`${a}:8:11  a model cell reads \`v\` of a view cell → It is defined at ${a}:4. `
      + "Make that a model cell."]],
  ["model reads a test", [["ts test", "const t = 1;"], ["ts", "const w = t;"]],
    [`${a}:8:11  a model cell reads \`t\` of a test cell → It is defined at ${a}:4. `
      + "Make that a model cell."]],
  ["model uses the test kit", [["ts", "const f = () => expect(1);"]],
    [`${a}:4:17  a model cell uses \`expect\` → Move it into a test cell.`]],
  ["test uses the view kit", [["ts test", "display(1);"]],
    [`${a}:4:1  a test cell uses \`display\` → Move it into a view cell.`]],
  ["import in a test cell", [["ts test", 'import { max } from "d3-array";']],
    [`${a}:4:10  a test cell imports \`max\` → Import in a model cell; every later `
      + "cell sees the name."]],
  ["default export", [["ts", "export default 1;"]],
    [`${a}:4:1  cells export names only → Write \`export const\`, \`export function\` `
      + "or `export class`."]],
  ["namespace import", [["ts", 'import * as d from "d3-array";']],
    [`${a}:4:8  only named imports flow between pages → `
      + 'Write `import { name } from "…"`.']],
  ["an import on the way", [["ts test", 'test("A1 · b", async () => {\n'
    + '  const { x } = await import("./b.md");\n});']],
    [`${a}:5:23  a cell calls \`import(…)\` → Write \`import { name } from "…"\` in a `
      + "model cell; every later cell sees the name."]],
  ["not defined", [["ts", "const misalignment = 1;"], ["ts view", "misalignmen + 1"]],
    [`${a}:8:1  \`misalignmen\` is not defined → No page exports it. Nearest: `
      + "`misalignment`."]],
  ["model shows a value", [["ts", "1 + 1;"]],
    [`${a}:4:1  a model cell that only shows a value → Make it a \`ts view\` cell.`]],
  ["view not bound", [["ts view", "const n = view(slider([0, 1])) + 1;"]],
    [`${a}:4:11  \`view(…)\` is not bound to a name of its own → `
      + "Write `const name = view(…);` at the top level of the cell."]],
  ["view read in its cell", [["ts view", "const n = view(slider([0, 1]));\nn + 1;"]],
    [`${a}:5:1  \`n\` is read in the cell that shows its input → `
      + "Read it in the next cell: there it follows the reader."]],
  ["unknown kind", [["ts tset", "1"]],
    [`${a}:3:7  "tset" is not a kind or a flag of a cell → Use ts, ts test, ts view or `
      + "ts static, with the flags slow and hide.",
    `${a}:4:1  a model cell that only shows a value → Make it a \`ts view\` cell.`]],
] as const)("rule: %s", (_, cells, expected) => {
  expect(problems({ [a]: page(...cells) })).toEqual(expected);
});

test.each([
  ["a later page", { [a]: page(["ts", 'import { y } from "./b.md";']),
    [b]: page(["ts", "export const y = 1;"]) },
  `${a}:4:10  ${a} imports the later page ${b} → `
    + "Imports point backwards: move what both need to an earlier page."],
  ["a name that is not exported", { [a]: page(["ts", "export const xyz = 1;"]),
    [b]: page(["ts", 'import { xy } from "./a.md";']) },
  `${b}:4:10  ${a} does not export \`xy\` → Nearest: \`xyz\`.`],
  ["a page that is not there", { [a]: page(["ts", "export const x = 1;"]),
    [b]: page(["ts", 'import { x } from "./aa.md";']) },
  `${b}:4:10  there is no page chapters/1/aa.md → Nearest: \`${a}\`.`],
  ["a file that is not a page", { [a]: page(["ts", 'import { x } from "./x.ts";']) },
    `${a}:4:10  "./x.ts" is not a page → Pages import pages and packages only.`],
  ["an exported name that was not imported", { [a]: page(["ts", "export const x = 1;"]),
    [b]: page(["ts view", "x"]) },
  `${b}:4:1  \`x\` is not defined → Import it: import { x } from "./a.md".`],
] as const)("rule between pages: %s", (_, pages, expected) => {
  expect(problems(pages)).toEqual([expected]);
});

test.each([
  ["in a list", "# T\n\n- item\n\n  ```ts\n  1\n  ```\n",
    `${a}:5:3  a cell inside a list or quote → `
      + "Move the fence to column 1 and out of the list or quote."],
  ["indented", "# T\n\n ```ts\n 1\n ```\n",
    `${a}:3:2  a cell inside a list or quote → `
      + "Move the fence to column 1 and out of the list or quote."],
  ["not closed", "# T\n\n```ts\nconst a = 1;\n",
    `${a}:3:1  the cell is not closed → Close it with a line \`\`\` of its own.`],
  ["no title", "```ts static\n1\n```\n",
    `${a}:1:1  the page has no title → Begin it with a line \`# A sentence\`.`],
  ["CR LF", "# T\r\n\nx\n",
    `${a}:1:4  the line ends with CR LF → Save the page with LF line ends.`],
] as const)("fence: %s", (_, source, expected) => {
  expect(problems({ [a]: source })).toEqual([expected]);
});
