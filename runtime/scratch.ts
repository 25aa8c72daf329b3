import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "./book.ts";

/** A throw-away book for a test, inside `build` so that packages resolve. */
export type Scratch = {
  readonly base: string;
  readonly remove: () => Promise<void>;
};

/** @param files text by path, relative to the new folder */
export async function scratchBook(
  files: Readonly<Record<string, string>>,
): Promise<Scratch> {
  await mkdir(join(root, "build"), { recursive: true });
  const base = await mkdtemp(join(root, "build", "scratch-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(base, dirname(name)), { recursive: true });
    await writeFile(join(base, name), text);
  }
  return { base, remove: () => rm(base, { recursive: true, force: true }) };
}
