import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readPage } from "./book.ts";
import { parsePage } from "./page.ts";
import { scratchBook, type Scratch } from "./scratch.ts";
import { study } from "./study.ts";

const path = "chapters/1-x/01-kept.md";
const kept = `build/cache/facts/${path}.json`;
const page = (code: string): string => `# A kept page\n\n\`\`\`ts\n${code}\n\`\`\`\n`;
let scratch: Scratch;

beforeAll(async () => {
  scratch = await scratchBook({ [path]: page("export const kept: number = 1;") });
});
afterAll(() => scratch.remove());

/** A module that has met no cell yet: a new process. */
const studyAnew = async (text?: string) => {
  vi.resetModules();
  const { studyPage } = await import("./facts.ts");
  const read = text === undefined ? await readPage(path, scratch.base)
    : parsePage(text, path);
  return (await studyPage(read, scratch.base)).facts;
};

test("facts from the file are the facts of the cells", async () => {
  const facts = study(await readPage(path, scratch.base)).facts;
  expect(await studyAnew()).toEqual(facts);
  const file = join(scratch.base, kept);
  const text = await readFile(file, "utf8");
  // Marked, to see that it is this file that answers.
  await writeFile(file, text.replaceAll('"outputs":[{"name":"kept"',
    '"outputs":[{"name":"marked"'));
  expect((await studyAnew())[0]?.outputs[0]?.name).toBe("marked");
});

test("a changed cell, a cut-off file and another engine are analysed", async () => {
  const file = join(scratch.base, kept);
  const names = async (text?: string) =>
    (await studyAnew(text)).flatMap((f) => f.outputs.map((o) => o.name));
  expect(await names(page("export const other = 2;"))).toEqual(["other"]);
  await writeFile(file, (await readFile(file, "utf8")).slice(0, -9));
  expect(await names()).toEqual(["kept"]);
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/"engine":"./, '"engine":"x')
    .replaceAll('"name":"kept"', '"name":"stale"'));
  expect(await names()).toEqual(["kept"]);
});

test("a folder that cannot be written is no obstacle", async () => {
  await writeFile(join(scratch.base, "file"), "");
  vi.resetModules();
  const { studyPage } = await import("./facts.ts");
  const facts = await studyPage(parsePage(page("const a = 1;"), path),
    join(scratch.base, "file"));
  expect(facts.facts).toHaveLength(1);
});
