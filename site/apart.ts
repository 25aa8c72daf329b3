import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Studied } from "../runtime/book.ts";
import type { Tests } from "../runtime/protocol.ts";
import type { Prerendered } from "./prerender.ts";

/** What the process is asked: run these pages of this book. */
export type Order = {
  readonly book: readonly Studied[];
  readonly paths: readonly string[];
  readonly base: string;
  readonly tests: Tests;
};

/** What it answers: a sign of life for each cell, then the end. */
export type Answer =
  | { readonly type: "start"; readonly page: string; readonly cell: number }
  | { readonly type: "cell"; readonly page: string; readonly cell: number }
  | { readonly type: "done";
    readonly results: ReadonlyMap<string, ReadonlyMap<number, Prerendered>> }
  | { readonly type: "failed"; readonly message: string };

/** Runs pages in a process of its own. */
export type Runner = {
  readonly run: (order: Order) =>
    Promise<ReadonlyMap<string, ReadonlyMap<number, Prerendered>>>;
  readonly close: () => Promise<void>;
};

/** A cell of the author's that does not end; `page` is undefined before the first. */
export class Hung extends Error {
  override name = "Hung";
  readonly page: string | undefined;
  readonly cell: number;
  constructor(message: string, page: string | undefined, cell: number) {
    super(message);
    this.page = page;
    this.cell = cell;
  }
}

/**
 * Prerendering beside the rest of the build. A cell that does not end cannot stop
 * the builder: after `patience` seconds without a sign the process is ended, and
 * the next order gets a new one.
 *
 * `run` throws `Hung`, or an `Error` with the message of what went wrong.
 */
export function createRunner(patience: number): Runner {
  let running: ChildProcess | undefined;
  const start = (): ChildProcess => {
    const child = fork(fileURLToPath(new URL("./apart-process.ts", import.meta.url)), {
      execArgv: ["--import", new URL("../runtime/engine.mjs", import.meta.url).href],
      serialization: "advanced",
    });
    // The builder may end without closing: an idle child does not hold it back.
    child.unref();
    child.channel?.unref();
    children.add(child);
    child.once("close", () => children.delete(child));
    return child;
  };
  const drop = (child: ChildProcess): void => {
    if (running === child) running = undefined;
    child.kill("SIGKILL");
  };
  const run: Runner["run"] = (order) => new Promise((resolve, reject) => {
    const child = running ??= start();
    const busy = new Map<string, { readonly page: string; readonly cell: number }>();
    let timer: ReturnType<typeof setTimeout>;
    const end = (): void => {
      clearTimeout(timer);
      for (const event of ["error", "exit", "message"]) child.removeAllListeners(event);
      child.unref();
      child.channel?.unref();
    };
    const fail = (error: Error): void => {
      end();
      drop(child);
      reject(error);
    };
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const last = [...busy.values()].at(-1);
        fail(new Hung(`the cell did not end within ${patience} s`, last?.page,
          last?.cell ?? 0));
      }, patience * 1000);
    };
    child.ref();
    child.channel?.ref();
    child.on("error", fail);
    child.on("exit", (status) => fail(new Error(
      `the process that runs the pages ended with status ${status}`)));
    child.on("message", (answer: Answer) => {
      if (answer.type === "start" || answer.type === "cell") {
        const key = `${answer.page} ${answer.cell}`;
        busy.delete(key);
        if (answer.type === "start") busy.set(key, answer);
        wait();
      } else if (answer.type === "failed") {
        end();
        reject(new Error(answer.message));
      } else {
        end();
        resolve(answer.results);
      }
    });
    // A process that has not said anything is still starting: that is not the cells.
    timer = setTimeout(() => fail(new Error("the process that runs the pages does "
      + "not start")), startSeconds * 1000);
    const book = order.book.map(({ page, facts }) =>
      ({ page: { ...page, tokens: [] }, facts }));
    child.send({ ...order, book } satisfies Order);
  });
  return { run, close: async () => { if (running) drop(running); } };
}

const startSeconds = 120;

/** A process in an endless loop does not notice that its parent is gone. */
const children = new Set<ChildProcess>();
process.once("exit", () => { for (const child of children) child.kill("SIGKILL"); });

