import { spawn } from "node:child_process";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pagePath, readPages, root, type Studied } from "./book.ts";
import { studyPage } from "./facts.ts";
import { printProblem, type Problem } from "./page.ts";
import { checkRules } from "./rules.ts";
import { tangleCheck } from "./tangle.ts";
import { typescriptExecutable } from "./typescript.ts";

const tangled = join("build", "tangle");

/** Writes what tsc reads; files that did not change keep their time. */
export async function writeTangle(
  book: readonly Pick<Studied, "page">[], base = root,
): Promise<void> {
  const wanted = new Set(book.map(({ page }) => `${page.path}.ts`));
  const old = await readdir(join(base, tangled), { recursive: true }).catch(() => []);
  await Promise.all(old.filter((name) => name.endsWith(".md.ts") && !wanted.has(name))
    .map((name) => rm(join(base, tangled, name))));
  await Promise.all(book.map(async ({ page }) => {
    const file = join(base, tangled, `${page.path}.ts`);
    const text = tangleCheck(page);
    if (await readFile(file, "utf8").catch(() => "") === text) return;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }));
}

/** Runs tsc on one project; positions come back as positions in pages. */
async function runTsc(project: string, base: string): Promise<Problem[]> {
  const child = spawn(await typescriptExecutable(),
    ["-p", project, "--noEmit", "--pretty", "false", "--incremental",
      "--tsBuildInfoFile", join("build", "cache", `${project.replace(/\W/g, "-")}.tsc`)],
    { cwd: base, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => { output += chunk; });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("close", resolve);
    child.on("error", reject);
  });
  const problems = readTsc(output);
  if (status !== 0 && problems.length === 0)
    throw new Error(`tsc -p ${project} ended with status ${status}:\n${output}`);
  return problems;
}

/** Diagnostics of `tsc --pretty false`; continuation lines become the fix. */
export function readTsc(output: string): Problem[] {
  const problems: Problem[] = [];
  for (const line of output.split("\n")) {
    const m = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line);
    const last = problems.at(-1);
    if (m?.[1] && m[2] && m[3])
      problems.push({ file: pageOf(m[1]), line: Number(m[2]), column: Number(m[3]),
        message: `${m[5]} (${m[4]})`, fix: "" });
    else if (last && line.startsWith("  "))
      problems[problems.length - 1] = { ...last, fix: `${last.fix}${line.trim()} ` };
    else if (/^error TS/.test(line))
      problems.push({ file: "tsconfig.json", line: 1, column: 1, message: line, fix: "" });
  }
  return problems;
}

/** `build/tangle/chapters/x.md.ts` is the page `chapters/x.md`. */
export const pageOf = (file: string): string => file.split("\\").join("/")
  .replace(/^.*?build\/tangle\/(.*\.md)\.ts$/, "$1");

/** Every problem of the book: rules and types. */
export async function check(base = root): Promise<Problem[]> {
  const pages = await readPages(base);
  await writeTangle(pages.map((page) => ({ page })), base);
  const types = Promise.all([
    runTsc("tsconfig.json", base),
    readFile(join(base, "site/client/tsconfig.json")).then(
      () => runTsc("site/client/tsconfig.json", base), () => []),
  ]);
  // While tsc is at work in its own process.
  const rules = checkRules(await Promise.all(
    pages.map((page) => studyPage(page, base))));
  return [...rules, ...(await types).flat()];
}

if (pagePath(process.argv[1] ?? "") === "runtime/check.ts") {
  if (process.argv.length > 2) {
    console.error(`check: no option or operand is known, got ${process.argv[2]}`);
    process.exit(2);
  }
  const problems = await check();
  for (const problem of problems) console.error(printProblem(problem));
  console.error(problems.length === 0 ? "check: no problems"
    : `check: ${problems.length} problem${problems.length === 1 ? "" : "s"}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
