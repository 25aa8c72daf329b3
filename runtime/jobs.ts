import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * Many small computations of a page, in worker processes: `jobs.ts PAGE NAME`.
 *
 * The page exports a `Study`. Results are kept in build/jobs as they come, so that a
 * run which was ended goes on where it was; they count as long as neither the page nor
 * one that it imports has changed.
 */
export type Study = {
  readonly jobs: readonly string[];
  /** The answer to one job, as a value that JSON can hold. */
  readonly run: (job: string) => unknown;
  /** What is printed in the end. */
  readonly report: (results: ReadonlyMap<string, unknown>) => string;
};

const isStudy = (x: unknown): x is Study => typeof x === "object" && x !== null
  && "jobs" in x && "run" in x && "report" in x;

/** The study that a page exports under a name. */
export async function loadStudy(page: string, name: string): Promise<Study> {
  const module: Readonly<Record<string, unknown>> =
    await import(/* @vite-ignore */ pathToFileURL(resolve(page)).href);
  const found = module[name];
  if (!isStudy(found)) throw new Error(`${page} exports no study \`${name}\``);
  return found;
}

/** A hash of a page and of all pages and modules that it imports. */
export async function fingerprint(page: string): Promise<string> {
  const texts = new Map<string, string>();
  const read = async (path: string): Promise<void> => {
    if (texts.has(path)) return;
    const text = await readFile(path, "utf8");
    texts.set(path, text);
    for (const [, from = ""] of text.matchAll(/from "(\.[^"]+)"/g))
      await read(join(dirname(path), from));
  };
  await read(resolve(page));
  const hash = createHash("sha256");
  for (const [, text] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(text);
  return hash.digest("hex").slice(0, 16);
}

/** `2/4`: the second of four parts of the jobs. Throws on anything else. */
export function shardOf(text: string): (n: number) => boolean {
  const [, i, all] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (i === undefined || Number(i) < 1 || Number(i) > Number(all))
    throw new Error(`--shard ${text}: give it as 1/4, 2/4, …`);
  return (n) => n % Number(all) === Number(i) - 1;
}

/** What earlier runs have found. */
export async function readResults(
  folder: string, name: string, print: string,
): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  const files = await readdir(folder).catch(() => []);
  for (const file of files.filter((f) => f.startsWith(`${name}.${print}`)))
    for (const line of (await readFile(join(folder, file), "utf8")).split("\n")) {
      if (!line.endsWith("}")) continue; // the last line of a run that was ended
      const { job, result } = JSON.parse(line);
      found.set(job, result);
    }
  return found;
}

type Options = { readonly page: string; readonly name: string; readonly shard: string;
  readonly workers: number; readonly folder: string;
  readonly progress: (text: string) => void };

/** Runs what is not there yet, and gives the report. */
export async function runJobs(o: Options): Promise<string> {
  const study = await loadStudy(o.page, o.name);
  const print = await fingerprint(o.page);
  await mkdir(o.folder, { recursive: true });
  const file = join(o.folder, `${o.name}.${print}.${o.shard.replace("/", "of")}.jsonl`);
  await writeFile(file, "\n", { flag: "a" });
  const results = await readResults(o.folder, o.name, print);
  const own = study.jobs.filter((_, n) => shardOf(o.shard)(n));
  const left = own.filter((job) => !results.has(job));
  const known = own.length - left.length;
  const start = Date.now();
  let done = 0;
  const tell = (): void => {
    const minutes = (Date.now() - start) / 60_000;
    const rest = done === 0 ? "" : `, ${((left.length - done) / done * minutes)
      .toFixed(1)} min left`;
    o.progress(`${known + done} of ${own.length} jobs${rest}`);
  };
  const queue = [...left];
  const work = (): Promise<void> => new Promise((finish, fail) => {
    const child = fork(fileURLToPath(import.meta.url),
      ["--worker", resolve(o.page), o.name]);
    const next = (): void => {
      const job = queue.shift();
      if (job === undefined) child.disconnect();
      else child.send(job);
    };
    child.on("message", async (answer: { job: string; result: unknown }) => {
      results.set(answer.job, answer.result);
      await appendFile(file, `${JSON.stringify(answer)}\n`);
      done++;
      tell();
      next();
    });
    child.once("exit", (code) => code === 0 ? finish()
      : fail(new Error(`a worker ended with status ${code}`)));
    next();
  });
  tell();
  await Promise.all(Array.from({ length: Math.min(o.workers, left.length) }, work));
  return study.report(new Map(own.map((job) => [job, results.get(job)])));
}

async function main(words: readonly string[]): Promise<void> {
  const [page = "", name = ""] = words.filter((w) => !w.startsWith("--"));
  if (words[0] === "--worker") {
    const study = await loadStudy(page, name);
    process.on("message", (job: string) =>
      process.send?.({ job, result: study.run(job) }));
    return;
  }
  const option = (key: string): string | undefined =>
    words.find((w) => w.startsWith(`--${key}=`))?.slice(key.length + 3);
  console.log(await runJobs({ page, name, shard: option("shard") ?? "1/1",
    workers: Number(option("workers") ?? cpus().length),
    folder: resolve("build", "jobs"),
    progress: (text) => process.stderr.write(process.stderr.isTTY
      ? `\r${text}\u001b[K` : `${text}\n`) }));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await main(process.argv.slice(2));
