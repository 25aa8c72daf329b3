import "./no-frames.ts";
import { createDataflow } from "../../runtime/dataflow.ts";
import { ownFile } from "../../runtime/pieces.ts";
import type {
  CellResult, CompiledCell, CompiledPage, Edit, FromWorker, SentSetting, Setting,
  ToWorker,
} from "../../runtime/protocol.ts";
import { outputHtml } from "../outputs.ts";

/** The Worker of a page: the dataflow, fed with messages. */

const root = new URL("../", import.meta.url);
const post = (message: FromWorker): void => postMessage(message);

const originals = new Map<string, CompiledPage>();
let edits: readonly Edit[] = [];
let shownPage = "";
/** Slow test cells that an edit has started: they run, and may take their time. */
const slow = new Set<string>();

const flow = createDataflow({
  loadPage: async (path) => {
    const module: { readonly default: CompiledPage } =
      await import(new URL(`cells/${path}.js`, root).href);
    originals.set(path, module.default);
    const cells = await Promise.all(module.default.cells.map((cell) => {
      const edit = edits.find((e) => e.page === path && e.cell === cell.id);
      return edit ? compile(cell, edit) : cell;
    }));
    return { path, cells };
  },
  loadPackage: (name) => import(new URL(`cells/packages/${name}.js`, root).href),
  readFile: async (page, name) => {
    const answer = await fetch(new URL(name, new URL(`cells/${page}`, root)));
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
    return new Uint8Array(await answer.arrayBuffer());
  },
  testKit: async () => (await import("../../runtime/expect.ts")).testKit(),
  tests: "quick",
  onStart: (page, cell, flagged) => post({ type: "start", page, cell,
    slow: flagged || slow.has(`${page} ${cell}`) }),
  onResult: report,
});

function report(result: CellResult): void {
  const { page, cell, verdicts, trouble } = result;
  if (trouble && trouble.waitsFor === undefined)
    console.error([`${trouble.place ?? page}  ${trouble.message}`,
      ...trouble.frames.slice(1).map((frame) => `    at ${frame}`)].join("\n"));
  const compiled = originals.get(page)?.cells.find((c) => c.id === cell);
  const skipped = compiled?.kind === "test" && compiled.slow && verdicts.length === 0
    && !trouble && !slow.has(`${page} ${cell}`);
  // What the page shows of a slow test was computed when the book was built.
  if (skipped && edits.length === 0) return;
  const out = page !== shownPage ? "" : skipped
    ? '<p class="skipped">A slow test: not run again after your edit. '
      + "Open it in the editor and run it there.</p>"
    : outputHtml(result);
  post({ type: "result", page, cell, out, verdicts, ...(trouble && { trouble }) });
}

async function compile(cell: CompiledCell, edit: Edit): Promise<CompiledCell> {
  const { recompile } = await import("./recompile.ts");
  if (cell.slow) slow.add(`${edit.page} ${edit.cell}`);
  return recompile(cell, edit);
}

async function redefine(edit: Edit): Promise<void> {
  edits = [...edits.filter((e) => e.page !== edit.page || e.cell !== edit.cell), edit];
  const cell = originals.get(edit.page)?.cells.find((c) => c.id === edit.cell);
  if (cell) await flow.redefine(edit.page, await compile(cell, edit));
}

/** Workers have it, the types of a page do not. */
declare class FileReaderSync { readAsArrayBuffer(blob: Blob): ArrayBuffer; }

/** A file stays where it is; cells read of it what they need. */
const received = (value: SentSetting): Setting => typeof value !== "object" ? value
  : ownFile(value.name, { size: value.file.size, read: (at, count) => new Uint8Array(
    new FileReaderSync().readAsArrayBuffer(value.file.slice(at, at + count))) });

async function obey(message: ToWorker): Promise<void> {
  switch (message.type) {
    case "open":
      shownPage = message.page;
      edits = message.edits;
      return flow.open(message.page, message.settings.map((s) =>
        ({ ...s, value: received(s.value) })));
    case "set":
      return flow.set(shownPage, message.cell, message.index, received(message.value));
    case "edit": return redefine(message.edit);
    case "claims":
      for (const page of message.pages) {
        await flow.open(page);
        await flow.settled();
      }
      return;
    case "ping": return;
  }
}

/** Milliseconds without an order before work begins that nobody waits for. */
const quiet = 200;
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => { setTimeout(resolve, milliseconds); });
/** Piece by piece, so that an order waits for one piece at most. */
async function workAhead(mine: number): Promise<void> {
  await pause(quiet);
  while (mine === orders && flow.idle()) await pause(0);
}

let orders = 0;
onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "ping") return post({ type: "pong" });
  const mine = ++orders;
  try {
    await obey(data);
    await flow.settled();
    if (mine !== orders) return;
    post({ type: "settled", orders: mine });
    await workAhead(mine);
  } catch (error) {
    post({ type: "failed", message: String(error) });
  }
};
post({ type: "pong" });
