import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CellFacts } from "./cell.ts";
import type { Page } from "./page.ts";
import type { Studied } from "./study.ts";

/**
 * `study` that remembers. The facts of a cell depend on its text and on the engine
 * alone, so a text is analysed once; build/cache/facts keeps the answers of each page
 * for the next process, which then needs no parser at all.
 *
 * @param base folder that holds `chapters`; one that cannot be written is only slower
 */
export async function studyPage(page: Page, base: string): Promise<Studied> {
  const file = join(base, "build/cache/facts", `${page.path}.json`);
  const codes = page.cells.map((cell) => cell.code);
  if (codes.some((code) => !known.has(code)))
    for (const [code, facts] of await readKept(file)) known.set(code, facts);
  const fresh = codes.filter((code) => !known.has(code));
  if (fresh.length > 0) {
    const { study } = await import("./study.ts");
    study(page).facts.forEach((facts, id) => known.set(codes[id] ?? "", facts));
    await keep(file, codes).catch(() => undefined);
  }
  return { page, facts: codes.flatMap((code) => known.get(code) ?? []) };
}

/** The facts of every text that this process has met. */
const known = new Map<string, CellFacts>();

type Kept = { readonly engine: string;
  readonly cells: readonly (readonly [code: string, facts: CellFacts])[] };

/** What facts depend on besides the cell: package.json pins the parsers. */
const engine: Promise<string> = Promise.all(
  ["./cell.ts", "./kit.ts", "./strip.ts", "./strip-error.ts", "./facts.ts", "../package.json"]
    .map((name) => readFile(new URL(name, import.meta.url), "utf8")))
  .then((texts) => createHash("sha256").update(texts.join("\0")).digest("hex"));

async function readKept(file: string): Promise<Kept["cells"]> {
  try {
    const kept: Kept = JSON.parse(await readFile(file, "utf8"));
    return kept.engine === await engine ? kept.cells : [];
  } catch {
    return []; // Missing, or cut off: made again.
  }
}

/** Whole or not at all: other processes may write the same page. */
async function keep(file: string, codes: readonly string[]): Promise<void> {
  const kept: Kept = { engine: await engine, cells: codes.flatMap((code) => {
    const facts = known.get(code);
    return facts ? [[code, facts] as const] : [];
  }) };
  const fresh = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(fresh, JSON.stringify(kept));
  await rename(fresh, file);
}
