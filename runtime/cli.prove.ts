import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { root } from "./paths.ts";

const bin = fileURLToPath(new URL("./bin.mjs", import.meta.url));

type Ran = { readonly code: unknown; readonly out: string; readonly err: string };
const run = (words: readonly string[]): Promise<Ran> => new Promise((resolve) => {
  const child = execFile(process.execPath, [bin, ...words],
    { cwd: root, maxBuffer: 2 ** 28 },
    (error, out, err) => resolve({ code: error ? error.code : 0, out, err }));
  child.stdin?.end(); // a command that reads it gets nothing
});
/** The words of a command line; quotes keep some together. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

const list = await run(["--help"]);
const names = [...list.out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name ?? "");

test("the book has its commands", () => {
  expect(names).toEqual(expect.arrayContaining(["boot", "check", "necessity", "walk",
    "map", "header", "fdt", "explain"]));
});
test.each(names)("%s has examples, and takes them", async (name) => {
  const { out } = await run(["help", name]);
  const lines = [...out.matchAll(/^ {2}mmu-on (.*)$/gm)].map(([, line]) => line ?? "");
  expect(lines.length).toBeGreaterThan(0);
  expect(out).toContain("--json");
  for (const line of lines) {
    const { code, out: answer, err } = await run(wordsOf(line));
    // The files of the examples are not here; everything else about them is right.
    if (code === 2) expect([line, err]).toEqual([line,
      expect.stringMatching(/^mmu-on: there is no file /)]);
    else expect([line, code, `${answer}${err}`.length > 0])
      .toEqual([line, expect.toSatisfy((c) => c === 0 || c === 1), true]);
  }
});
