import {
  Runtime, RuntimeError, type Module, type Variable,
} from "@observablehq/runtime";
import { filesFrom, type Files } from "./files.ts";
import {
  choice, fileDrop, isInput, slider, textField, toggle, type Input,
} from "./inputs.ts";
import { inspect } from "./inspect.ts";
import type {
  CellResult, CompiledCell, CompiledPage, InputSetting, Setting, Shown, Tests,
  Trouble, Verdict,
} from "./protocol.ts";
import { collectTests } from "./testkit.ts";
import { html, isMarkup, svg } from "./values.ts";

/** What the dataflow needs of the place it runs in. */
export type Host = {
  readonly loadPage: (path: string) => Promise<CompiledPage>;
  readonly loadPackage: (name: string) => Promise<Readonly<Record<string, unknown>>>;
  /** The raw bytes of a file, named relative to the page. */
  readonly readFile: (page: string, name: string) => Promise<Uint8Array>;
  /** `expect` and `fc`; asked for when the first test cell runs. */
  readonly testKit: () => Promise<Readonly<Record<"expect" | "fc", unknown>>>;
  /** Which test cells run; the others have no verdicts. */
  readonly tests: Tests;
  readonly onStart: (page: string, cell: number, slow: boolean) => void;
  readonly onResult: (result: CellResult) => void;
};

/** The pages as one graph of cells: change one and what depends on it runs again. */
export type Dataflow = {
  /**
   * Runs a page: all its cells, and of the pages it imports what they need.
   *
   * @param settings of its inputs, instead of what they begin with
   */
  readonly open: (page: string, settings?: readonly InputSetting[]) => Promise<void>;
  /** The reader moved an input of a view cell. */
  readonly set: (page: string, cell: number, index: number, value: Setting) => void;
  /** A cell with new code. Pages that are not loaded yet are loaded first. */
  readonly redefine: (page: string, cell: CompiledCell) => Promise<void>;
  /** Resolves when nothing is left to run. */
  readonly settled: () => Promise<void>;
  /** Does one piece of what cells want done `meanwhile`; whether there was one. */
  readonly idle: () => boolean;
};

/** What a cell's variable holds. */
type Outcome = {
  readonly names: Readonly<Record<string, unknown>>;
  readonly result: CellResult;
};

type Node = {
  readonly page: string;
  cell: CompiledCell;
  variable: Variable;
  readonly names: Map<string, Variable>;
  readonly imports: Map<string, Variable>;
  inputs: Input<unknown>[];
  /** What the reader did to inputs before the cell first ran, by their index. */
  readonly settings: Map<number, Setting>;
  outcome?: Outcome;
  error?: unknown;
};

type Loaded = {
  readonly path: string;
  readonly module: Module;
  readonly nodes: Map<number, Node>;
  readonly files: Files;
  open: boolean;
};

/**
 * Observable unwraps promises and iterates generators that are values of
 * variables; modules do not. In a box they pass from cell to cell unchanged.
 */
class Box {
  readonly value: unknown;
  constructor(value: unknown) { this.value = value; }
}

const box = (value: unknown): unknown =>
  typeof value === "object" && value !== null
  && (("then" in value && typeof value.then === "function")
    || ("next" in value && typeof value.next === "function"))
    ? new Box(value) : value;

const unbox = (value: unknown): unknown => value instanceof Box ? value.value : value;

/** What `view` returns inside its own cell; other cells get the input's value. */
class Bound {
  readonly index: number;
  constructor(index: number) { this.index = index; }
  [Symbol.toPrimitive](): never {
    throw new TypeError("the value of view(…) is for other cells: bind it to a "
      + "name of its own and use that name in the next cell");
  }
}

const ownName = (id: number): string => `cell ${id}`;

export function createDataflow(host: Host): Dataflow {
  // Names that no cell defines are errors, never globals of the page.
  const runtime = new Runtime({}, (name) => {
    throw new RuntimeError(`${name} is not defined`, name);
  });
  const pages = new Map<string, Promise<Loaded>>();
  const running = new Set<Node>();
  const putOff = new Map<Node, Iterator<() => unknown>>();
  const batch = runtime.module().variable({});
  let waiting: (() => void)[] = [];

  const release = (): void => {
    if (running.size > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };

  function load(path: string): Promise<Loaded> {
    const known = pages.get(path);
    if (known) return known;
    const loading = host.loadPage(path).then(async (page) => {
      const loaded: Loaded = {
        path, module: runtime.module(), nodes: new Map(), open: false,
        files: filesFrom((name) => host.readFile(path, name)),
      };
      for (const cell of page.cells) await add(loaded, cell);
      return loaded;
    });
    pages.set(path, loading);
    return loading;
  }

  async function add(loaded: Loaded, cell: CompiledCell): Promise<void> {
    const node: Node = { page: loaded.path, cell, variable: loaded.module.variable(),
      names: new Map(), imports: new Map(), inputs: [], settings: new Map() };
    loaded.nodes.set(cell.id, node);
    await define(loaded, node);
  }

  /** Points the variables of a node at its cell's present code. */
  async function define(loaded: Loaded, node: Node): Promise<void> {
    const { cell } = node;
    await defineImports(loaded, node);
    node.variable.define(ownName(cell.id), cell.inputs,
      (...inputs: unknown[]) => run(loaded, node, inputs.map(unbox)));
    const wanted = new Set(cell.outputs);
    for (const [name, variable] of node.names)
      if (!wanted.has(name)) {
        variable.delete();
        node.names.delete(name);
      }
    for (const name of cell.outputs) {
      const variable = node.names.get(name) ?? loaded.module.variable();
      node.names.set(name, variable);
      defineName(node, name, variable);
    }
  }

  const defineName = (node: Node, name: string, variable: Variable): void => {
    variable.define(name, [ownName(node.cell.id)], ({ names }: Outcome) => {
      const value = names[name];
      return box(value instanceof Bound ? node.inputs[value.index]?.value : value);
    });
  };

  async function defineImports(loaded: Loaded, node: Node): Promise<void> {
    const wanted = new Set(node.cell.imports.map((i) => i.local));
    for (const [name, variable] of node.imports)
      if (!wanted.has(name)) {
        variable.delete();
        node.imports.delete(name);
      }
    await Promise.all(node.cell.imports.map(async ({ name, local, from }) => {
      const variable = node.imports.get(local) ?? loaded.module.variable();
      node.imports.set(local, variable);
      if (from.endsWith(".md"))
        variable.import(name, local, (await load(from)).module);
      else
        variable.define(local, [], async () => box((await host.loadPackage(from))[name]));
    }));
  }

  async function run(
    loaded: Loaded, node: Node, inputs: readonly unknown[],
  ): Promise<Outcome> {
    const { cell, page } = node;
    delete node.error;
    putOff.delete(node);
    const before = node.inputs;
    node.inputs = [];
    const shown: Shown[] = [];
    const tests = collectTests();
    const empty = { page, cell: cell.id, shown, verdicts: [] };
    if (cell.kind === "test" && cell.slow && host.tests !== "all")
      return { names: {}, result: empty };
    host.onStart(page, cell.id, cell.slow);
    try {
      const kit = {
        html, svg, choice, slider, toggle, textField, fileDrop, ...loaded.files,
        ...(cell.kind === "test" && { ...tests.kit, ...await host.testKit() }),
        display: (value: unknown) => {
          shown.push({ markup: isMarkup(value) ? value.markup : inspect(value) });
          return value;
        },
        view: (input: unknown) => bind(node, before, shown, input),
        meanwhile: (pieces: Iterable<() => unknown>) => {
          putOff.set(node, pieces[Symbol.iterator]());
        },
      };
      const out = await cell.fn(kit, ...inputs);
      if (cell.kind === "view" && shown.length === 0 && out.value !== undefined)
        kit.display(out.value);
      const verdicts = await tests.run((error) => failure(error));
      return { names: out.names ?? {}, result: { ...empty, verdicts } };
    } catch (error) {
      node.error = error;
      throw error;
    }
  }

  /** Opens a page: from now on its cells run and report. */
  async function open(
    path: string, settings: readonly InputSetting[] = [],
  ): Promise<void> {
    const loaded = await load(path);
    if (loaded.open) return;
    loaded.open = true;
    for (const { cell, index, value } of settings)
      loaded.nodes.get(cell)?.settings.set(index, value);
    for (const node of loaded.nodes.values()) {
      // What nobody observes runs if a picture needs its names.
      if (node.cell.kind === "test" && host.tests === "none") continue;
      // An unobserved variable cannot become observed: a new one takes its place.
      node.variable.delete();
      node.variable = loaded.module.variable(observer(node));
      await define(loaded, node);
    }
  }

  const observer = (node: Node) => ({
    pending: () => { running.add(node); },
    fulfilled: (value: unknown) => {
      node.outcome = value as Outcome;
      host.onResult(node.outcome.result);
      running.delete(node);
      release();
    },
    rejected: (error: unknown) => {
      delete node.outcome;
      host.onResult({ page: node.page, cell: node.cell.id, shown: [], verdicts: [],
        trouble: troubleOf(node.error ?? error) });
      running.delete(node);
      release();
    },
  });

  return {
    open,
    set: (path, id, index, value) => {
      void load(path).then(({ nodes }) => {
        const node = nodes.get(id);
        const input = node?.inputs[index];
        if (!node || !input) return;
        node.inputs[index] = input.set(value);
        for (const [name, variable] of node.names) {
          const bound = node.outcome?.names[name];
          if (bound instanceof Bound && bound.index === index)
            defineName(node, name, variable);
        }
        if (node.outcome) host.onResult(refreshed(node, node.outcome.result));
      });
    },
    redefine: async (path, cell) => {
      const loaded = await load(path);
      const node = loaded.nodes.get(cell.id);
      if (!node) throw new RangeError(`${path} has no cell ${cell.id}`);
      node.cell = cell;
      await define(loaded, node);
    },
    settled: async () => {
      // A variable of our own comes through with the batch that is being computed.
      await new Promise<void>((resolve) => { batch.define(null, [], () => resolve()); });
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        release();
      });
    },
    idle: () => {
      for (const [node, pieces] of putOff)
        try {
          const next = pieces.next();
          if (!next.done) {
            next.value();
            return true;
          }
          putOff.delete(node);
        } catch {
          return true; // whoever needs the result will say what is wrong
        }
      return false;
    },
  };
}

/** Adds an input to what a cell shows; a setting made before a rerun stays. */
function bind(
  node: Node, before: readonly Input<unknown>[], shown: Shown[], input: unknown,
): Bound {
  if (!isInput(input))
    throw new TypeError("view(…) takes an input: choice, slider, toggle, "
      + "textField or fileDrop");
  const index = node.inputs.length;
  const first = node.settings.get(index);
  node.settings.delete(index);
  const kept = first === undefined ? keepSetting(input, before[index]) : input.set(first);
  node.inputs.push(kept);
  shown.push({ index, state: kept.state });
  return new Bound(index);
}

function keepSetting(
  fresh: Input<unknown>, old: Input<unknown> | undefined,
): Input<unknown> {
  if (!old || old.input !== fresh.input || old.state.label !== fresh.state.label)
    return fresh;
  const { state } = old;
  return state.input === "file"
    ? fresh.set(old.value as Setting) : fresh.set(state.value);
}

/** A result again, with its inputs as they are now. */
const refreshed = (node: Node, result: CellResult): CellResult => ({
  ...result,
  shown: result.shown.map((s) => {
    const input = "index" in s ? node.inputs[s.index] : undefined;
    return "index" in s && input ? { index: s.index, state: input.state } : s;
  }),
});

const failure = (error: unknown): Omit<Verdict, "name" | "ok"> => {
  const { message, place } = troubleOf(error);
  return { message, ...(place && { place }) };
};

/** Frames of a stack that lie in pages, innermost first, as `page.md:line:column`. */
export function pageFrames(stack: string): string[] {
  return [...stack.matchAll(/(chapters\/[^\s()?]+?\.md)(?:\.js)?(?:\?[^\s:)]*)?:(\d+):(\d+)/g)]
    .map((m) => `${m[1]}:${m[2]}:${m[3]}`);
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof RuntimeError) {
    const waitsFor = error.input?.startsWith("cell ") ? undefined : error.input;
    return { message: error.message, frames: [], ...(waitsFor && { waitsFor }) };
  }
  if (!(error instanceof Error)) return { message: String(error), frames: [] };
  const frames = pageFrames(error.stack ?? "");
  const [place] = frames;
  return { message: `${error.name}: ${error.message}`, frames, ...(place && { place }) };
}
