import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBook } from "./book.ts";
import { check } from "./check.ts";
import { printProblem } from "./page.ts";
import { runBook } from "./run.ts";
import { runVitest, scratchBook, type Scratch } from "./scratch.ts";

/** Two pages broken on purpose; the comments say where. */
const words = `# Words

Prose.

\`\`\`ts
export function half(x: number): number {
  if (x % 2 !== 0) throw new RangeError(\`\${x} is odd\`);
  return x / 2;
}
\`\`\`

\`\`\`ts
export const unused = (x: number): number =>
  x + 1;
export const wrong: string = half(4);
\`\`\`
`;
const broken = `# Broken

\`\`\`ts
import { half } from "./01-words.md";
\`\`\`

\`\`\`ts test
test("X1 · fails", () => {
  const type: number = half(4);
  expect(type).toBe(3);
});
\`\`\`

Some prose.

\`\`\`ts test
test("X2 · throws in another page", () => {
      half(3);
});
\`\`\`

\`\`\`ts view
half(5)
\`\`\`
`;
const config = `import { literate } from "../../runtime/vitest.ts";
const base = import.meta.dirname;
export default {
  root: base,
  plugins: [literate({ slow: false, base })],
  resolve: { alias: { "#runtime": new URL("../../runtime", import.meta.url).pathname } },
  test: {
    include: ["chapters/**/*.md"], pool: "threads", isolate: false,
    reporters: ["default", ["junit", { outputFile: "junit.xml" }]],
    coverage: { provider: "v8", enabled: true, include: ["chapters/**/*.md"],
      reporter: ["json"], reportsDirectory: "coverage", reportOnFailure: true },
  },
};
`;
const tsconfig = JSON.stringify({
  extends: "../../tsconfig.json",
  compilerOptions: { rootDirs: [".", "build/tangle"] },
  include: ["../../runtime/cells.d.ts", "build/tangle"],
});

const one = "chapters/1-x/01-words.md";
const two = "chapters/1-x/02-broken.md";
let scratch: Scratch;
let run: Awaited<ReturnType<typeof runVitest>>;

beforeAll(async () => {
  scratch = await scratchBook({ [one]: words, [two]: broken,
    "vitest.config.ts": config, "tsconfig.json": tsconfig });
  run = await runVitest(scratch.base);
}, 60_000);

afterAll(() => scratch.remove());

test("a failing claim makes the run fail with its text and its place", () => {
  expect(run.status).toBe(1);
  expect(run.output).toContain("X1 · fails");
  expect(run.output).toContain("AssertionError: expected 2 to be 3");
  expect(run.output).toContain(`${two}:10:16`);
  expect(run.output).toContain("  10|   expect(type).toBe(3);");
});

test("a stack goes through the pages as they are written", () => {
  expect(run.output).toContain("RangeError: 3 is odd");
  expect(run.output).toMatch(new RegExp(`half ${one}:7:26`));
  expect(run.output).toContain(`${two}:18:7`);
});

test("JUnit names the page and the place", async () => {
  const xml = await readFile(join(scratch.base, "junit.xml"), "utf8");
  expect(xml).toContain(`<testsuite name="${two}"`);
  expect(xml).toContain(`❯ ${two}:10:16`);
});

test("coverage counts the lines of the page", async () => {
  const json = await readFile(join(scratch.base, "coverage/coverage-final.json"), "utf8");
  type Statements = Record<string, { readonly start: { readonly line: number } }>;
  type File = { readonly statementMap: Statements; readonly s: Record<string, number> };
  const file = (JSON.parse(json) as Record<string, File>)[join(scratch.base, one)];
  const lines = Object.entries(file?.statementMap ?? {})
    .map(([id, { start }]) => [start.line, file?.s[id]]);
  // half runs; the body of `unused` on line 14 never does.
  expect(lines.filter(([, count]) => count === 0)).toEqual([[14, 0]]);
  expect(lines.map(([line]) => line)).toContain(7);
});

test("a type error is where the page has it", async () => {
  const problems = (await check(scratch.base)).map(printProblem);
  expect(problems).toEqual([
    `${one}:15:14  Type 'number' is not assignable to type 'string'. (TS2322)\n  `,
  ]);
});

test("the dataflow reports the same places as the module run", async () => {
  const book = await readBook(scratch.base);
  const results = (await runBook(book, [two], { base: scratch.base })).get(two);
  expect(results?.get(1)?.verdicts).toEqual([{ name: "X1 · fails", ok: false,
    message: "AssertionError: expected 2 to be 3 // Object.is equality",
    place: `${two}:10:16` }]);
  expect(results?.get(2)?.verdicts).toEqual([{ name: "X2 · throws in another page",
    ok: false, message: "RangeError: 3 is odd", place: `${one}:7:26` }]);
  expect(results?.get(3)?.trouble).toEqual({ message: "RangeError: 5 is odd",
    place: `${one}:7:26`, frames: [`${one}:7:26`, `${two}:23:1`] });
});
