/**
 * The names that the engine hands to cells. Which kind of cell may use which is
 * a rule that `npm run check` keeps (cell.ts has the lists).
 */

/** A piece of a picture or of prose: markup as a value. */
interface Markup { readonly markup: string }

/** Builds markup; interpolated text is escaped, markup and arrays of it are not. */
declare function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Markup;
/** The same for SVG. */
declare function svg(parts: TemplateStringsArray, ...values: readonly unknown[]): Markup;

declare const test: typeof import("vitest").test;
declare const expect: typeof import("vitest").expect;
declare const describe: typeof import("vitest").describe;
declare const fc: typeof import("fast-check");

/** The bytes of a file beside the page; `.gz` files come unpacked. */
declare function fixture(name: string): Promise<Uint8Array>;
/** A JSON file beside the page. */
declare function fixtureJson<T>(name: string): Promise<T>;

/** An input as a value: the page draws it, `view` yields what the reader set. */
interface Input<T> { readonly input: string; readonly value: T }

/** Shows a value under the cell: markup as it is, everything else inspected. */
declare function display<T>(value: T): T;
/** Shows an input; the name it is bound to follows the reader. */
declare function view<T>(input: Input<T>): T;
/** One of a few values, as buttons or (more than six) a menu. */
declare function choice<T>(options: readonly T[], set?: {
  readonly label?: string; readonly value?: T; readonly format?: (option: T) => string;
}): Input<T>;
/** A whole number from `range`, ends included. */
declare function slider(range: readonly [number, number], set?: {
  readonly label?: string; readonly value?: number; readonly step?: number;
  readonly format?: (value: number) => string;
}): Input<number>;
/** Yes or no. */
declare function toggle(set?: {
  readonly label?: string; readonly value?: boolean;
}): Input<boolean>;
/** A line of text; `parse` makes a value of it or throws what is wrong with it. */
declare function textField<T = string>(set: {
  readonly label?: string; readonly value: string; readonly parse?: (text: string) => T;
}): Input<T>;
/** A file of the reader's own, or undefined until one is dropped or chosen. */
declare function fileDrop(set?: { readonly label?: string }):
  Input<import("./pieces.ts").OwnFile | undefined>;

/**
 * Work that nobody waits for: results that the reader may want next. A page does it
 * piece by piece while nothing else is to do, and leaves the rest when the cell runs
 * again. A piece should take no longer than a reader would wait; one that throws is
 * left to whoever needs its result. When the book is built or tested it is not done.
 */
declare function meanwhile(pieces: Iterable<() => unknown>): void;

/** A file of any size, read a piece at a time. */
type Pieces = import("./pieces.ts").Pieces;

/** A command of the command-line tool; cli.ts finds exports named `…Command`. */
interface Command {
  /** What is typed after `mmu-on`. */
  readonly name: string;
  /** The operands, as the usage line shows them: `"FILE"`, `"REGISTER VALUE"`. */
  readonly operands: string;
  /** One line for the list of commands. */
  readonly help: string;
  /** Command lines for the help, without `mmu-on`. */
  readonly examples?: readonly string[];
  /** `--name VALUE` options (with an operand) and `--name` switches. */
  readonly options?: Readonly<Record<string, {
    readonly operand?: string; readonly help: string;
  }>>;
  /** Which operands are files: `run` gets their bytes. Counted from 0. */
  readonly files?: readonly number[];
  /** Which are files that may be larger than memory: `run` reads what it needs. */
  readonly pieces?: readonly number[];
  /**
   * What the command does: text for standard output, or what is wrong, for
   * standard error with exit status 1.
   */
  readonly run: (call: {
    readonly operands: readonly string[];
    readonly files: readonly Uint8Array[];
    readonly pieces?: readonly Pieces[];
    readonly options: Readonly<Record<string, string | true>>;
  }) => { readonly output: string } | { readonly problem: string };
}
