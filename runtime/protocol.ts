import type { OwnFile } from "./pieces.ts";

/**
 * What the dataflow says and is told. The same messages go between a page and
 * its Worker, and between the builder and the dataflow in Node.
 */

/** Which test cells run: all, those that are not flagged `slow`, or none. */
export type Tests = "all" | "quick" | "none";

/** One run test of a test cell. */
export type Verdict = {
  readonly name: string;
  readonly ok: boolean;
  /** Of a failed test: the assertion's text and where it stands in the page. */
  readonly message?: string;
  readonly place?: string;
};

/** Why a cell has no value. */
export type Trouble = {
  /** `ReferenceError: …` as the cell threw it. */
  readonly message: string;
  /** `page.md:line:column` of the innermost frame in a page, when there is one. */
  readonly place?: string;
  readonly frames: readonly string[];
  /** The name this cell waits for, when the trouble is another cell's. */
  readonly waitsFor?: string;
};

/** An input, ready to draw: what `choice`, `slider`, … described. */
export type InputState =
  | { readonly input: "choice"; readonly label: string;
    readonly options: readonly string[]; readonly value: number }
  | { readonly input: "slider"; readonly label: string; readonly min: number;
    readonly max: number; readonly step: number; readonly value: number;
    readonly text: string }
  | { readonly input: "toggle"; readonly label: string; readonly value: boolean }
  | { readonly input: "text"; readonly label: string; readonly value: string;
    readonly problem?: string }
  | { readonly input: "file"; readonly label: string; readonly name?: string };

/** What the reader did to an input. */
export type Setting = number | boolean | string | OwnFile;

/** The same on its way to the Worker, which reads a file where it lies. */
export type SentSetting =
  number | boolean | string | { readonly name: string; readonly file: Blob };

/** One thing a view cell shows: finished markup, or input number `index` of the cell. */
export type Shown =
  | { readonly markup: string }
  | { readonly index: number; readonly state: InputState };

/** Everything one cell says after it ran. */
export type CellResult = {
  readonly page: string;
  readonly cell: number;
  readonly shown: readonly Shown[];
  readonly verdicts: readonly Verdict[];
  readonly trouble?: Trouble;
};

/** An edit of the reader's: new code of one cell. */
export type Edit = { readonly page: string; readonly cell: number; readonly code: string };

/** What the reader did to an input: the `index`-th of a view cell. */
export type InputSetting<T = Setting> = {
  readonly cell: number; readonly index: number; readonly value: T;
};

export type SentInput = InputSetting<SentSetting>;

/** From the page to its Worker. */
export type ToWorker =
  /** Run this page, and the pages it imports, as the reader has it. First message. */
  | { readonly type: "open"; readonly page: string; readonly edits: readonly Edit[];
    readonly settings: readonly SentInput[] }
  | { readonly type: "set" } & SentInput
  /** Change a cell of any page, or with its original code: reset it. */
  | { readonly type: "edit"; readonly edit: Edit }
  /** Run these pages, which import this one, too, and answer with their verdicts. */
  | { readonly type: "claims"; readonly pages: readonly string[] }
  | { readonly type: "ping" };

/** From the Worker to its page. */
export type FromWorker =
  /** The cell's function is about to run; nothing more until it is done. */
  | { readonly type: "start"; readonly page: string; readonly cell: number;
    readonly slow: boolean }
  /** `out` is the finished inner HTML of the cell's output (site/outputs.ts). */
  | { readonly type: "result"; readonly page: string; readonly cell: number;
    readonly out: string; readonly verdicts: readonly Verdict[];
    readonly trouble?: Trouble }
  /** Nothing is left to run of the first `orders` messages (pings not counted). */
  | { readonly type: "settled"; readonly orders: number }
  | { readonly type: "pong" }
  /** The Worker itself cannot go on (a page module does not load). */
  | { readonly type: "failed"; readonly message: string };

/** One cell as the tangle compiles it (`tangleDataflow`). */
export type CompiledCell = {
  readonly id: number;
  readonly kind: "model" | "test" | "view";
  readonly slow: boolean;
  /** First line of its code in the page, counted from 1. */
  readonly line: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly imports: readonly {
    readonly name: string; readonly local: string; readonly from: string;
  }[];
  readonly fn: (kit: Readonly<Record<string, unknown>>, ...inputs: unknown[]) =>
    Promise<{ readonly names?: Readonly<Record<string, unknown>>; readonly value?: unknown }>;
};

export type CompiledPage = {
  readonly path: string;
  readonly cells: readonly CompiledCell[];
};
