import { transform } from "sucrase";
import { analyse, type CellFacts } from "../../runtime/cell.ts";
import type { CompiledCell, Edit } from "../../runtime/protocol.ts";
import { StripError } from "../../runtime/strip-error.ts";
import { functionClose, functionOpen } from "../../runtime/tangle.ts";

/**
 * A cell with the reader's code in the place of its own.
 *
 * Lines and columns of the new code are those of the page, so errors say where.
 * Code that cannot run gives a cell that throws the reason; it still owns the
 * names it had, so that the cells which use them wait for it and say so.
 */
export function recompile(cell: CompiledCell, edit: Edit): CompiledCell {
  const facts = analyse(edit.code, erase);
  const [flaw] = facts.flaws;
  if (flaw) {
    const at = `${edit.page}:${cell.line + flaw.line}:${flaw.column + 1}`;
    return { ...cell, slow: false, inputs: [],
      fn: () => Promise.reject(flawError(`${flaw.message}\n${flaw.fix}`, at)) };
  }
  return {
    ...cell, slow: false, fn: evaluate(facts, cell.line, edit.page),
    inputs: facts.inputs.map((i) => i.name), outputs: facts.outputs.map((o) => o.name),
    imports: facts.imports.map(({ name, local, from }) =>
      ({ name, local, from: resolve(from, edit.page) })),
  };
}

function flawError(message: string, place: string): Error {
  const error = new SyntaxError(message);
  error.stack = `SyntaxError: ${message}\n    at ${place}`;
  return error;
}

/** Where an import leads: `./x.md` is a page, everything else a package. */
const resolve = (from: string, page: string): string => from.startsWith(".")
  ? new URL(from, `https://book/${page}`).pathname.slice(1) : from;

/** Indirect `eval` keeps line 1 where it is; `Function` would add two lines. */
function evaluate(facts: CellFacts, line: number, page: string): CompiledCell["fn"] {
  const above = "\n".repeat(line - 2);
  return globalThis.eval(`${above}(${functionOpen(facts)}\n${facts.body}\n${
    functionClose(facts)})\n//# sourceURL=${page}`);
}

/**
 * Blanks the types of a cell, like runtime/strip.ts but small enough for a page:
 * sucrase cuts them out of a line, `spread` puts the rest back in its columns.
 *
 * Throws: `StripError` for TypeScript that is more than types, with its line.
 */
export function erase(code: string): string {
  const source = code.split("\n");
  return cutTypes(code).split("\n").map((cut, line) => {
    const written = source[line] ?? "";
    const spreadOut = cut === written ? cut
      : spread(cut, written) ?? spreadArrow(cut, written);
    if (spreadOut === undefined)
      throw new StripError("this TypeScript is more than types", line,
        written.search(/\S|$/));
    return spreadOut;
  }).join("\n");
}

/**
 * `line` with everything blank that is not in `cut`, or undefined when `cut` is
 * not `line` with pieces left out. Of several ways the one with the fewest pieces
 * counts, pieces that begin a line or like a type before others:
 * `(f: (x: A) => B) => f` loses `: (x: A) => B`.
 */
function spread(cut: string, line: string): string | undefined {
  const kept = cut.replace(/\s/g, "");
  const width = line.length + 1;
  // Cost when kept[i..] comes out of line[j..], between pieces or inside one.
  const outside = new Float64Array((kept.length + 1) * width).fill(Infinity);
  const inside = outside.slice();
  const at = (i: number, j: number): number => i * width + j;
  const read = (table: Float64Array, i: number, j: number): number =>
    table[at(i, j)] ?? Infinity;
  const opening = (j: number): number => line.slice(0, j).trim() === "" ? 1
    : opens.test(line.slice(j)) ? 1.25 : 1.5;
  outside[at(kept.length, line.length)] = inside[at(kept.length, line.length)] = 0;
  for (let j = line.length - 1; j >= 0; j--)
    for (let i = kept.length; i >= 0; i--) {
      const blank = /\s/.test(line[j] ?? "");
      const keep = line[j] === kept[i] ? read(outside, i + 1, j + 1) : Infinity;
      const drop = read(inside, i, j + 1);
      outside[at(i, j)] = blank ? read(outside, i, j + 1)
        : Math.min(keep, drop + opening(j));
      inside[at(i, j)] = blank ? drop : Math.min(keep, drop);
    }
  if (read(outside, 0, 0) === Infinity) return undefined;
  let out = "";
  let i = 0;
  let table = outside;
  for (let j = 0; j < line.length; j++) {
    const cost = read(table, i, j);
    if (/\s/.test(line[j] ?? "")) out += line[j];
    else if (line[j] === kept[i] && read(outside, i + 1, j + 1) === cost) {
      out += line[j];
      i += 1;
      table = outside;
    } else {
      out += " ";
      table = inside;
    }
  }
  return out;
}

/**
 * A return type of its own line(s) takes the `)` before it along to the `=>` after
 * it, because no line may end between them.
 */
function spreadArrow(cut: string, line: string): string | undefined {
  const after = /^\s*\)(\s*=>.*)$/.exec(cut)?.[1];
  const rest = after === undefined ? undefined : spread(after, line);
  if (rest === undefined) return undefined;
  const at = line.slice(0, rest.search(/\S/)).trimEnd().length - 1;
  return at < 0 ? undefined : `${rest.slice(0, at)})${rest.slice(at + 1)}`;
}

/** How what is cut out of a line begins, when it does not begin the line. */
const opens =
  /^(?:[:<?!]|(?:as|satisfies|implements|type|readonly|override|declare)\b)/;

function cutTypes(code: string): string {
  try {
    return transform(code, { transforms: ["typescript"],
      disableESTransforms: true, keepUnusedImports: true }).code;
  } catch (error) {
    const at = error instanceof SyntaxError && "loc" in error
      ? error.loc as { line: number; column: number } : { line: 1, column: 1 };
    const message = String(error instanceof Error ? error.message : error)
      .replace(/\s*\(\d+:\d+\)$/, "");
    throw new StripError(message, at.line - 1, at.column - 1);
  }
}
