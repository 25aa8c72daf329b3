import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pagePaths, readBook, readPage, root, type Studied }
  from "../runtime/book.ts";
import { studyPage } from "../runtime/facts.ts";
import { printProblem, type Problem } from "../runtime/page.ts";
import { checkRules } from "../runtime/rules.ts";
import { createRunner, Hung } from "./apart.ts";
import {
  filesIn, put, writeCells, writeClient, writeFixtures, writePackages,
} from "./assets.ts";
import { catalogue, type Catalogue } from "./catalogue.ts";
import { claimsBody, claimsOf, summary, type Claim, type Outcomes } from "./claims.ts";
import {
  bookTitle, linkProblems, notFoundHtml, otherHtml, pageHtml, typesJson, typesUrl,
} from "./html.ts";
import type { Prerendered } from "./prerender.ts";
import { writeSearch } from "./search.ts";
import { typeInfo, type TypeInfo } from "./types.ts";

export type Place = {
  /** The project's folder: `chapters/`, `runtime/`, `site/` are in it. */
  readonly base?: string;
  /** Where the site goes. */
  readonly out?: string;
};

export type Options = Place & {
  /** Also run the test cells flagged `slow`. */
  readonly slow?: boolean;
  /** Seconds without a finished cell after which a page is given up. */
  readonly patience?: number;
  /** Told what happens: one line at a time. */
  readonly say?: (line: string) => void;
  /** Leave out the hovers: the rest of the site without the language server. */
  readonly hovers?: boolean;
};

/** What a build came to. */
export type Report = {
  /** The site's pages that changed, by page of the book; `*` for all of them. */
  readonly changed: readonly string[];
  readonly claims: readonly Claim[];
  /** Broken rules, dead links, cells with trouble, claims that do not hold. */
  readonly problems: readonly Problem[];
};

/** The site as it is being written; the steps of a build, to repeat them one by one. */
export type Site = {
  readonly out: string;
  /** Everything, from nothing. */
  readonly build: () => Promise<Report>;
  /**
   * These pages have changed, come or gone: they run and are drawn. What else is
   * out of date then - the pages that import them, hovers, the search - is left
   * to `follow`.
   */
  readonly update: (paths: readonly string[]) => Promise<Report | undefined>;
  readonly follow: () => Promise<Report | undefined>;
  /**
   * Ends what is running: it is out of date. The `update` or `follow` under way
   * gives undefined; the next `update` does its work, too.
   */
  readonly interrupt: () => Promise<void>;
  readonly refreshClient: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A report, and every file that belongs to the pages. */
type Drawn = { readonly report: Report; readonly written: readonly string[] };

/** What came of running some pages. */
type Ran = { readonly results: Outcomes; readonly problems: readonly Problem[] };

const manifest = ".files.json";

export function createSite(options: Options = {}): Site {
  const { base = root, slow = false, hovers = true, say = () => {} } = options;
  const out = options.out ?? join(base, "build", "site");
  const patience = options.patience ?? (slow ? 900 : 60);
  const runner = createRunner(patience);
  const follower = createRunner(patience);
  let book: readonly Studied[] = [];
  let types: TypeInfo | undefined;
  let runProblems: readonly Problem[] = [];
  const outcomes = new Map<string, ReadonlyMap<number, Prerendered>>();
  /** Pages that changed and are not drawn yet; drawn, but importers not run yet. */
  const dirty = new Set<string>();
  const unfollowed = new Set<string>();
  /** Changes with every update and interruption. */
  let updates = 0;

  const readTypes = async (
    pages: readonly Studied[],
  ): Promise<TypeInfo | undefined> => {
    if (!hovers) return undefined;
    try {
      return await typeInfo(pages, base);
    } catch (error) {
      say(`No hovers and no links in code: the language server failed.\n  ${error}`);
      return undefined;
    }
  };

  /** Runs pages together; when that fails, one by one, to find the broken one. */
  async function run(paths: readonly string[], by = runner): Promise<Ran> {
    const order = { book, base, tests: slow ? "all" : "quick" } as const;
    try {
      return { results: await by.run({ ...order, paths }), problems: [] };
    } catch (error) {
      if (paths.length === 1)
        return { results: new Map(), problems: [runProblem(paths[0] ?? "", error)] };
      const each: Ran[] = [];
      for (const path of paths) each.push(await run([path], by));
      return { results: new Map(each.flatMap((ran) => [...ran.results])),
        problems: each.flatMap((ran) => ran.problems) };
    }
  }

  function runProblem(path: string, error: unknown): Problem {
    const at = error instanceof Hung && error.page !== undefined
      ? { file: error.page, line: (book.find(({ page }) => page.path === error.page)
        ?.page.cells[error.cell]?.first ?? 0) + 1 } : { file: path, line: 1 };
    const message = error instanceof Error ? error.message : String(error);
    return { ...at, column: 1, message, fix: error instanceof Hung
      ? "Look for a loop without an end; flag a test that takes long `slow`."
      : "No cell of this page ran." };
  }

  const keep = (paths: readonly string[], { results, problems }: Ran): void => {
    for (const path of paths) outcomes.delete(path);
    for (const [path, cells] of results) outcomes.set(path, cells);
    runProblems = [...runProblems.filter((p) => !paths.includes(p.file)), ...problems];
  };

  /** Writes the pages from what is known now; one drawing after the other. */
  let drawn: Promise<unknown> = Promise.resolve();
  function draw(): Promise<Drawn> {
    const next = drawn.then(drawNow);
    drawn = next.catch(() => undefined);
    return next;
  }

  async function drawNow(): Promise<Drawn> {
    const shelf = catalogue(book);
    const claims = claimsOf(shelf, outcomes);
    const problems = [...checkRules(book), ...runProblems,
      ...shelf.reading.flatMap((entry) => linkProblems(entry, shelf))];
    const drawing = { book: shelf, outcomes, claims, types, problems };
    const texts = new Map(shelf.reading.map((entry) =>
      [entry.url, pageHtml(entry, drawing)]));
    for (const entry of shelf.reading)
      texts.set(typesUrl(entry), typesJson(entry, drawing));
    texts.set("claims.html", otherHtml({ url: "claims.html", book: shelf,
      title: "Claims", main: claimsBody(shelf, claims) }));
    texts.set("404.html", notFoundHtml(shelf));
    const fresh = new Set<string>();
    await Promise.all([...texts].map(async ([url, text]) => {
      if (await put(join(out, url), text)) fresh.add(url);
    }));
    return {
      written: [...texts.keys()],
      report: {
        changed: shelf.reading.filter((e) => fresh.has(e.url)).map((e) => e.path),
        claims: [...claims.values()],
        problems: [...problems, ...failures(shelf, outcomes)],
      },
    };
  }

  async function build(): Promise<Report> {
    book = await readBook(base);
    if (book.length === 0) throw new Error(`${join(base, "chapters")} has no pages`);
    const paths = book.map(({ page }) => page.path);
    const [info, ran, ...assets] = await Promise.all([
      readTypes(book),
      run(paths),
      writeClient(out),
      writePackages(book, base, out),
      writeCells(book, out),
      writeFixtures(base, out),
    ]);
    types = info;
    keep(paths, ran);
    const { report, written } = await draw();
    await clean([...written, ...assets.flat()]);
    await writeSearch(out);
    await writeManifest();
    return report;
  }

  /** Removes what an earlier build wrote and this one did not; nothing else. */
  async function clean(written: readonly string[]): Promise<void> {
    const old = await readFile(join(out, manifest), "utf8")
      .then((text): unknown => JSON.parse(text), () => []);
    const now = new Set(written);
    const gone = (Array.isArray(old) ? old : []).filter((name): name is string =>
      typeof name === "string" && !now.has(name) && !name.includes(".."));
    await Promise.all(gone.map((name) => rm(join(out, name), { force: true })));
  }

  const writeManifest = async (): Promise<void> => {
    const all = (await filesIn(out)).filter((name) => name !== manifest).sort();
    // Written even when it is the same: its time is the time of the build.
    await rm(join(out, manifest), { force: true });
    await put(join(out, manifest), JSON.stringify(all));
  };

  const interrupt = async (): Promise<void> => {
    updates++;
    await Promise.all([runner.close(), follower.close()]);
  };

  async function update(saved: readonly string[]): Promise<Report | undefined> {
    const mine = ++updates;
    for (const path of saved) dirty.add(path);
    const paths = [...dirty];
    // Its work would be in vain, and two processors are few.
    await follower.close();
    const known = new Map(book.map((s) => [s.page.path, s]));
    for (const path of paths) {
      const page = await readPage(path, base).catch(() => undefined);
      if (page) known.set(path, await studyPage(page, base));
      else known.delete(path);
      unfollowed.add(path);
    }
    book = (await pagePaths(base)).flatMap((path) => known.get(path) ?? []);
    const present = paths.filter((path) => known.has(path));
    const [ran] = await Promise.all([
      run(present),
      writeCells(book.filter(({ page }) => present.includes(page.path)), out),
      writePackages(book, base, out),
      writeFixtures(base, out),
    ]);
    if (mine !== updates) return undefined;
    keep(paths, ran);
    dirty.clear();
    // Hovers of a changed page would point to the wrong places until they are new.
    if (types) types = { ...types, pages: new Map([...types.pages]
      .filter(([path]) => !paths.includes(path))) };
    return (await draw()).report;
  }

  async function follow(): Promise<Report | undefined> {
    const mine = updates;
    const changed = [...unfollowed];
    const { entries } = catalogue(book);
    const importers = [...new Set(changed.flatMap((path) =>
      entries.get(path)?.importers ?? []))].filter((path) => !changed.includes(path));
    const info = await readTypes(book);
    if (mine !== updates) return undefined;
    types = info;
    if (importers.length > 0) {
      const ran = await run(importers, follower);
      if (mine !== updates) return undefined;
      keep(importers, ran);
    }
    for (const path of changed) unfollowed.delete(path);
    const { report } = await draw();
    await writeSearch(out);
    await writeManifest();
    return report;
  }

  return {
    out, build, update, follow, interrupt,
    refreshClient: async () => { await writeClient(out); },
    close: async () => { await Promise.all([runner.close(), follower.close()]); },
  };
}

/** Cells without a value and claims that do not hold, as problems of their pages. */
function failures(book: Catalogue, outcomes: Outcomes): Problem[] {
  return book.reading.flatMap(({ path, page }) =>
    [...outcomes.get(path) ?? []].flatMap(([id, { trouble, verdicts }]) => {
      const line = (page.cells[id]?.first ?? 0) + 1;
      const at = (place: string | undefined): Omit<Problem, "message" | "fix"> => {
        const m = /^(.*):(\d+):(\d+)$/.exec(place ?? "");
        return { file: m?.[1] ?? path, line: Number(m?.[2] ?? line),
          column: Number(m?.[3] ?? 1) };
      };
      const found: Problem[] = verdicts.filter((v) => !v.ok).map((v) =>
        ({ ...at(v.place), message: `${v.name}: ${v.message ?? "failed"}`, fix: "" }));
      if (trouble && trouble.waitsFor === undefined)
        found.push({ ...at(trouble.place), message: trouble.message, fix: "" });
      return found;
    }));
}

/** A finished build in a few lines. */
export function printReport(report: Report, out: string, seconds: number): string {
  const { claims, problems } = report;
  return [
    ...problems.map((p) => printProblem(p).trimEnd()),
    `${bookTitle}: ${out} in ${seconds.toFixed(1)} s. ${summary(claims)}`,
    ...problems.length > 0 ? [`${problems.length} problem${
      problems.length === 1 ? "" : "s"}, listed above.`] : [],
  ].join("\n");
}

/** Whether a site is there and no older than what it is made from. */
export async function isFresh({ base = root, out }: Place): Promise<boolean> {
  const site = out ?? join(base, "build", "site");
  const built = await stat(join(site, manifest)).catch(() => undefined);
  if (!built) return false;
  const names = (await Promise.all(["chapters", "runtime", "site"].map(async (folder) =>
    (await filesIn(join(base, folder))).map((name) => join(folder, name))))).flat();
  const times = await Promise.all([...names, "package.json", "package-lock.json"]
    .map((name) => stat(join(base, name)).then((s) => s.mtimeMs, () => 0)));
  return Math.max(...times) <= built.mtimeMs;
}
