import { parse, tokTypes, type Token } from "acorn";
import { analyze, type Reference, type ScopeManager } from "eslint-scope";
import type { ImportDeclaration, Node, Program, Statement } from "estree";
import { drawKit, fileKit, testKit, viewKit } from "./kit.ts";
import { StripError } from "./strip-error.ts";

/** An imported name: `import { name as local } from "from"`. */
export type Import = {
  readonly name: string;
  readonly local: string;
  readonly from: string;
  readonly line: number;
  readonly column: number;
};

/** A name with its place in the cell's code: 0-based line and column. */
export type Mention = {
  readonly name: string;
  readonly line: number;
  readonly column: number;
};

/** A broken rule, at a 0-based position in the cell's code. */
export type Flaw = {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly fix: string;
};

/** What the dataflow, the tangle and the rules need to know about a cell. */
export type CellFacts = {
  /** The cell's JavaScript; every character stands where it stood in the cell. */
  readonly js: string;
  /** `js` without `import` and `export`, for the body of a function. */
  readonly body: string;
  /** Names that other cells define, in order of first use. */
  readonly inputs: readonly Mention[];
  /** Names that the engine hands to cells (`test`, `html`, …). */
  readonly kit: readonly Mention[];
  /** Values that the cell defines, imports not included. */
  readonly outputs: readonly Mention[];
  /** The outputs and types that carry `export`. */
  readonly exports: readonly string[];
  readonly imports: readonly Import[];
  /** True when the cell is one expression: its value is what it shows. */
  readonly expression: boolean;
  readonly flaws: readonly Flaw[];
};

const allKit = new Set([...drawKit, ...testKit, ...viewKit, ...fileKit]);

/** Names every JavaScript has; they are never inputs of a cell. */
const globals: ReadonlySet<string> = new Set(`
  undefined NaN Infinity globalThis Object Function Array Number Boolean String
  Symbol BigInt Math JSON Date RegExp Error AggregateError EvalError RangeError
  ReferenceError SyntaxError TypeError URIError Map Set WeakMap WeakSet WeakRef
  FinalizationRegistry Promise Proxy Reflect Iterator ArrayBuffer SharedArrayBuffer
  DataView Atomics Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array
  Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array
  isNaN isFinite parseInt parseFloat encodeURIComponent decodeURIComponent
  encodeURI decodeURI Intl TextEncoder TextDecoder structuredClone console
  performance setTimeout clearTimeout queueMicrotask URL arguments eval
`.trim().split(/\s+/));

/**
 * The facts of one cell.
 *
 * @param code TypeScript of the cell, as written
 * @param strip erases types and keeps lines (in Node also columns)
 *
 * Throws: nothing; code that does not parse gives facts with one flaw.
 */
export function analyse(code: string, strip: (code: string) => string): CellFacts {
  let js: string;
  let program: Program;
  const tokens: Token[] = [];
  try {
    js = strip(code);
    program = parse(js, {
      ecmaVersion: 2024, sourceType: "module", locations: true, ranges: true,
      allowAwaitOutsideFunction: true, onToken: tokens,
    }) as unknown as Program;
  } catch (error) {
    return { ...nothing, flaws: [syntaxFlaw(error)] };
  }
  const flaws: Flaw[] = importCalls(tokens);
  const imports: Import[] = [];
  const outputs: Mention[] = [];
  const exports: string[] = [];
  const blank: [number, number][] = [];

  for (const statement of program.body) {
    if (statement.type === "ImportDeclaration") {
      readImport(statement, imports, flaws);
      blank.push(rangeOf(statement));
      continue;
    }
    if (statement.type === "ExportDefaultDeclaration"
      || statement.type === "ExportAllDeclaration") {
      flaws.push({ ...at(statement), message: "cells export names only",
        fix: "Write `export const`, `export function` or `export class`." });
      continue;
    }
    if (statement.type === "ExportNamedDeclaration") {
      if (!statement.declaration) {
        if (statement.specifiers.length > 0)
          flaws.push({ ...at(statement), message: "an export list",
            fix: "Write `export` before the declaration itself." });
        blank.push(rangeOf(statement));
        continue;
      }
      const names = declared(statement.declaration, flaws);
      outputs.push(...names);
      exports.push(...names.map((n) => n.name));
      blank.push([rangeOf(statement)[0], rangeOf(statement.declaration)[0]]);
      continue;
    }
    outputs.push(...declared(statement, flaws));
  }
  exports.push(...exportedTypes(code));

  const own = new Set([...outputs.map((o) => o.name), ...imports.map((i) => i.local)]);
  const inputs = new Map<string, Mention>();
  const kit = new Map<string, Mention>();
  const scopes = analyze(program, { ecmaVersion: 2024, sourceType: "module" });
  for (const reference of scopes.globalScope?.through ?? []) {
    const mention = mentionOf(reference);
    if (globals.has(mention.name) || own.has(mention.name)) continue;
    if (reference.isWrite())
      flaws.push({ ...mention, message: `\`${mention.name}\` is assigned here but `
        + "belongs to another cell", fix: "Define a new name, or move the "
        + "assignment into a function of the cell that owns it." });
    const into = allKit.has(mention.name) ? kit : inputs;
    if (!into.has(mention.name)) into.set(mention.name, mention);
  }
  const importNames = new Set(imports.map((i) => i.local));
  for (const variable of scopes.globalScope?.childScopes[0]?.variables ?? []) {
    const used = variable.references[0];
    if (used && importNames.has(variable.name))
      inputs.set(variable.name, mentionOf(used));
  }
  flaws.push(...viewFlaws(program, scopes));
  const only = program.body.length === 1 ? program.body[0] : undefined;
  const expression = only?.type === "ExpressionStatement";
  if (only && expression) blank.push([rangeOf(only.expression)[1], js.length]);
  return {
    js, body: blankOut(js, blank), inputs: [...inputs.values()],
    kit: [...kit.values()], outputs, exports, imports, expression, flaws,
  };
}

const nothing: CellFacts = {
  js: "", body: "", inputs: [], kit: [], outputs: [], exports: [], imports: [],
  expression: false, flaws: [],
};

/** `import(…)`: a page that comes on the way is no input of a dataflow. */
const importCalls = (tokens: readonly Token[]): Flaw[] =>
  tokens.flatMap(({ type, loc }, n) =>
    type.keyword === "import" && tokens[n + 1]?.type === tokTypes.parenL && loc
      ? [{ line: loc.start.line - 1, column: loc.start.column,
        message: "a cell calls `import(…)`", fix: "Write `import { name } from \"…\"` "
          + "in a model cell; every later cell sees the name." }] : []);

function readImport(node: ImportDeclaration, imports: Import[], flaws: Flaw[]): void {
  for (const s of node.specifiers) {
    if (s.type !== "ImportSpecifier" || s.imported.type !== "Identifier") {
      flaws.push({ ...at(s), message: "only named imports flow between pages",
        fix: "Write `import { name } from \"…\"`." });
      continue;
    }
    imports.push({ ...at(s), name: s.imported.name, local: s.local.name,
      from: String(node.source.value) });
  }
}

function declared(node: Statement, flaws: Flaw[]): Mention[] {
  if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration")
    return node.id ? [{ name: node.id.name, ...at(node.id) }] : [];
  if (node.type !== "VariableDeclaration") return [];
  if (node.kind !== "const")
    flaws.push({ ...at(node), message: `\`${node.kind}\` at the top level of a cell`,
      fix: "Use `const`; a value that changes belongs into a function or an input." });
  return node.declarations.flatMap((d) => namesIn(d.id));
}

/**
 * `const name = view(input)` and nothing else: the name is the reader's value in
 * every other cell, so it must be a name, and its own cell must not read it.
 */
function viewFlaws(program: Program, scopes: ScopeManager): Flaw[] {
  const good = new Set<Node>();
  const names = new Set<string>();
  for (const statement of program.body)
    for (const d of statement.type === "VariableDeclaration" ? statement.declarations : [])
      if (d.id.type === "Identifier" && d.init?.type === "CallExpression") {
        if (d.init.callee.type !== "Identifier" || d.init.callee.name !== "view") continue;
        good.add(d.init.callee);
        names.add(d.id.name);
      }
  const calls = (scopes.globalScope?.through ?? []).filter((r) =>
    r.identifier.name === "view" && !good.has(r.identifier as Node));
  const reads = (scopes.globalScope?.childScopes[0]?.variables ?? [])
    .filter((v) => names.has(v.name))
    .flatMap((v) => v.references.filter((r) => r.isRead()));
  return [
    ...calls.map((r) => ({ ...at(r.identifier as Node),
      message: "`view(…)` is not bound to a name of its own",
      fix: "Write `const name = view(…);` at the top level of the cell." })),
    ...reads.map((r) => ({ ...at(r.identifier as Node),
      message: `\`${r.identifier.name}\` is read in the cell that shows its input`,
      fix: "Read it in the next cell: there it follows the reader." })),
  ];
}

type Pattern = import("estree").Pattern;

function namesIn(pattern: Pattern): Mention[] {
  switch (pattern.type) {
    case "Identifier": return [{ name: pattern.name, ...at(pattern) }];
    case "ArrayPattern": return pattern.elements.flatMap((e) => (e ? namesIn(e) : []));
    case "ObjectPattern": return pattern.properties.flatMap((p) =>
      namesIn(p.type === "Property" ? p.value as Pattern : p.argument));
    case "AssignmentPattern": return namesIn(pattern.left);
    case "RestElement": return namesIn(pattern.argument);
    default: return [];
  }
}

const exportedTypes = (code: string): string[] =>
  [...code.matchAll(/^export (?:type|interface) ([A-Za-z_$][\w$]*)/gm)]
    .flatMap((m) => m[1] ?? []);

function at(node: Node): { line: number; column: number } {
  const start = node.loc?.start ?? { line: 1, column: 0 };
  return { line: start.line - 1, column: start.column };
}

const rangeOf = (node: Node): [number, number] => node.range ?? [0, 0];

const mentionOf = (r: Reference): Mention =>
  ({ name: r.identifier.name, ...at(r.identifier as Node) });

function blankOut(text: string, ranges: readonly (readonly [number, number])[]): string {
  let out = text;
  for (const [start, end] of ranges)
    out = out.slice(0, start) + out.slice(start, end).replace(/[^\n]/g, " ")
      + out.slice(end);
  return out;
}

function syntaxFlaw(error: unknown): Flaw {
  if (error instanceof StripError)
    return { line: error.line, column: error.column, message: error.message,
      fix: "Cells are erasable TypeScript: only types may vanish." };
  if (error instanceof SyntaxError && "loc" in error) {
    const { line, column } = error.loc as { line: number; column: number };
    return { line: line - 1, column, fix: "Correct the syntax of this cell.",
      message: error.message.replace(/ \(\d+:\d+\)$/, "") };
  }
  return { line: 0, column: 0, message: String(error),
    fix: "Correct the syntax of this cell." };
}
