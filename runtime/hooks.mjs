/**
 * Node's module hook for pages: `x.md` loads as its model cells, types erased,
 * every character where it stands in the page. A stack frame is a place in the page.
 *
 * The engine itself is TypeScript, so a hook registered before this one must load it:
 * tsx, or strip-hooks.mjs.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const drawKit = new URL("./values.ts", import.meta.url).href;

/** @type {import("node:module").LoadHook} */
export async function load(url, context, next) {
  if (!/^file:.*\.md(\?|$)/.test(url)) return next(url, context);
  const file = fileURLToPath(new URL(url));
  const source = await compiled(file, pageModule);
  return { format: "module", shortCircuit: true, source };
}

/** @type {(source: string, path: string) => Promise<string>} */
async function pageModule(source, path) {
  const [{ parsePage, place, printProblem }, { tangleModule }] =
    await Promise.all([import("./page.ts"), import("./tangle.ts")]);
  const [{ strip }, { StripError }] =
    await Promise.all([import("./strip.ts"), import("./strip-error.ts")]);
  const page = parsePage(source, path);
  const [problem] = page.problems;
  if (problem) throw new SyntaxError(printProblem(problem));
  // The first line of a page is its title: blank in the module, so this moves nothing.
  const kit = `import { html, svg } from ${JSON.stringify(drawKit)};`;
  try {
    return strip(tangleModule(page, kit));
  } catch (error) {
    if (!(error instanceof StripError)) throw error;
    const at = { file: path, line: error.line + 1, column: error.column + 1 };
    throw new SyntaxError(`${place(at)}  ${error.message}`);
  }
}

/** What a compiled text depends on besides its source. */
const version = Promise.all(
  ["package.json", "runtime/page.ts", "runtime/tangle.ts", "runtime/strip.ts",
    "runtime/hooks.mjs"].map((name) => readFile(join(root, name), "utf8")))
  .then((texts) => createHash("sha256").update(texts.join("")).update(drawKit));

/**
 * The JavaScript of a file, compiled or, when nothing changed, from build/cache: a
 * tool then starts about as fast as Node itself. Files outside the project, or made by
 * it, and folders that cannot be written only miss that speed.
 *
 * @param {string} file absolute
 * @param {(source: string, path: string) => string | Promise<string>} compile
 * @returns {Promise<string>}
 */
export async function compiled(file, compile) {
  const source = await readFile(file, "utf8");
  const path = relative(root, file).split(sep).join("/");
  if (/^(\.\.|build)\//.test(path)) return compile(source, path);
  const key = (await version).copy().update(source).digest("hex");
  const kept = join(root, "build/cache/modules", `${path}.js`);
  const text = await readFile(kept, "utf8").catch(() => "");
  if (text.endsWith(key)) return text;
  const made = `${await compile(source, path)}\n//${key}`;
  const fresh = `${kept}.${process.pid}`;
  await mkdir(dirname(kept), { recursive: true })
    .then(() => writeFile(fresh, made))
    .then(() => rename(fresh, kept))
    .catch(() => undefined);
  return made;
}
