import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBook } from "../runtime/book.ts";
import { scratchBook, type Scratch } from "../runtime/scratch.ts";
import { plainText, typeInfo, type TypeInfo } from "./types.ts";

const one = "chapters/1-x/01-one.md";
const two = "chapters/1-x/02-two.md";
const pageOne = `# One

\`\`\`ts
/**
 * Half of a number,
 * exactly.
 *
 * @param x even
 */
export const half = (x: number): number => x / 2;
export type Even = number;
\`\`\`
`;
const pageTwo = `# Two

\`\`\`ts
import {
  half, type Even as E,
} from "./01-one.md";
\`\`\`

\`\`\`ts test
const four: E = 4;
test("Z1 · a quarter is half of a half", () => expect(half(half(four))).toBe(1));
\`\`\`
`;

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchBook({ [one]: pageOne, [two]: pageTwo,
    "tsconfig.json": JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: { rootDirs: [".", "build/tangle"] },
      include: ["../../runtime/cells.d.ts", "build/tangle"],
    }) });
});
afterAll(() => scratch.remove());

const info = async (): Promise<TypeInfo> =>
  typeInfo(await readBook(scratch.base), scratch.base);
const kept = (page: string): string =>
  join(scratch.base, "build/cache/types", `${page}.json`);

/** What the reader sees at each place: `line:column name → text → target`. */
const seen = ({ pages, texts }: TypeInfo, page: string, source: string): string[] =>
  (pages.get(page) ?? []).map(({ line, column, length, text, target }) => {
    const name = source.split("\n")[line]?.slice(column, column + length);
    return `${line}:${column} ${name} → ${texts[text]}${
      target ? ` → ${target.page}:${target.line}` : ""}`;
  });

test("every name has its type, its first words and its definition", async () => {
  const found = await info();
  expect(seen(found, one, pageOne)).toEqual([
    "9:13 half → const half: (x: number) => number\n\nHalf of a number, exactly.",
    "9:21 x → (parameter) x: number\n\neven",
    "9:43 x → (parameter) x: number\n\neven",
    "10:12 Even → type Even = number",
  ]);
  const use = "→ (alias) const half: (x: number) => number\n\nHalf of a number, "
    + `exactly. → ${one}:9`;
  expect(seen(found, two, pageTwo).filter((line) => line.includes(" half →"))).toEqual(
    [`4:2 half ${use}`, `10:54 half ${use}`, `10:59 half ${use}`]);
  expect(seen(found, two, pageTwo).slice(1, 3)).toEqual([
    `4:13 Even → type Even = number → ${one}:10`,
    `4:21 E → (alias) type Even = number → ${one}:10`]);
  expect(seen(found, two, pageTwo)[5]).toMatch(/^10:0 test → const test: /);
  expect(new Set(found.texts).size).toBe(found.texts.length);
});

test("only changed pages and their importers are asked about again", async () => {
  const before = await info();
  const time = async (page: string): Promise<number> =>
    (await stat(kept(page))).mtimeMs;
  const [first, second] = [await time(one), await time(two)];
  expect(await info()).toEqual(before);
  expect([await time(one), await time(two)]).toEqual([first, second]);

  const changed = pageTwo.replace("half(half(four))", "half(2)");
  await writeFile(join(scratch.base, two), changed);
  expect(seen(await info(), two, changed).filter((l) => l.includes(" half →")))
    .toHaveLength(2);
  expect(await time(one)).toBe(first);

  await writeFile(join(scratch.base, one), pageOne.replace("exactly", "not rounded"));
  expect((await info()).texts.filter((text) => text.endsWith("number, not rounded.")))
    .toHaveLength(2);
  expect(await time(one)).toBeGreaterThan(first);

  await writeFile(kept(one), (await readFile(kept(one), "utf8")).slice(0, 100));
  expect((await info()).pages.get(one)).toHaveLength(4);
});

test("a server that is late is named", async () => {
  await writeFile(join(scratch.base, one), pageOne.replace("exactly", "late"));
  await expect(typeInfo(await readBook(scratch.base), scratch.base, 0.001))
    .rejects.toThrow("the language server did not answer within 0.001 s");
});

test.each([
  ["```typescript\nconst a: 1\n```\nWords\nwrap. `b`\n\nMore.",
    "const a: 1\n\nWords wrap. `b`"],
  ["```typescript\ntype A = {\n    b: 1;\n}\n```\n", "type A = {\n    b: 1;\n}"],
  ["```typescript\nconst a: 1\n```\n\n\n*@throws* — never", "const a: 1"],
  ["", ""],
])("plainText(%j) is %j", (markdown, text) => {
  expect(plainText(markdown)).toBe(text);
});
