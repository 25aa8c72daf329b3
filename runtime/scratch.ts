import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
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

/** Runs the tests of a throw-away book that has a `vitest.config.ts`. */
export async function runVitest(
  base: string,
): Promise<{ readonly status: unknown; readonly output: string }> {
  const manifest = createRequire(import.meta.url).resolve("vitest/package.json");
  return promisify(execFile)(process.execPath,
    [join(dirname(manifest), "vitest.mjs"), "run"],
    { cwd: base, env: { ...process.env, NO_COLOR: "1", CI: "1", VITEST: "" } })
    .then(({ stdout, stderr }) => ({ status: 0, output: stdout + stderr }),
      (error: { code: unknown; stdout: string; stderr: string }) =>
        ({ status: error.code, output: error.stdout + error.stderr }));
}
