import { appendFile, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { fingerprint, readResults, shardOf } from "./jobs.ts";

const study = (report: string): string => `import { square } from "./square.mjs";
export const squares = { jobs: ["1", "2", "3", "4", "5"],
  run: (job) => ({ square: square(Number(job)) }),
  report: (all) => [...all].map(([job, r]) => \`\${job}: \${r.square}\`).join("${report}") };
`;
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const scratch = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "jobs-"));
  await writeFile(join(folder, "square.mjs"), "export const square = (x) => x * x;\n");
  await writeFile(join(folder, "page.mjs"), study(", "));
  return folder;
};

test("jobs run in workers, are kept, and are not run again", async () => {
  const folder = await scratch();
  const print = await fingerprint(join(folder, "page.mjs"));
  const kept = join(folder, "build", "jobs");
  await mkdir(kept, { recursive: true });
  const old = (name: string, text: string): Promise<void> =>
    writeFile(join(kept, `squares.${name}.jsonl`), text);
  await old(`${print}.1of1`, '{"job":"4","result":{"square":0}}\n{"job":"5","res');
  await old(`${print}.2of2`, '{"job":"2","result":{"square":-4}}\n');
  await old("another", '{"job":"1","result":{"square":-1}}\n');
  const { stdout, stderr } = await promisify(execFile)(process.execPath,
    ["--import", here("engine.mjs"), here("jobs.ts"), "page.mjs", "squares",
      "--workers=2"], { cwd: folder });
  expect(stdout.trim()).toBe("1: 1, 2: -4, 3: 9, 4: 0, 5: 25");
  expect(stderr).toMatch(/^2 of 5 jobs\n(\d of 5 jobs, .* min left\n){3}$/);
  expect((await readResults(kept, "squares", print)).size).toBe(5);
}, 60_000);
test("a shard is its part of the jobs", () => {
  expect([0, 1, 2, 3, 4].filter(shardOf("2/2"))).toEqual([1, 3]);
  expect(() => shardOf("3/2")).toThrow("--shard 3/2: give it as 1/4");
});
test("a change in what is imported makes results old", async () => {
  const folder = await scratch();
  const before = await fingerprint(join(folder, "page.mjs"));
  await appendFile(join(folder, "square.mjs"), "// changed\n");
  expect(await fingerprint(join(folder, "page.mjs"))).not.toBe(before);
  expect(await readResults(join(folder, "nowhere"), "x", before)).toEqual(new Map());
});
