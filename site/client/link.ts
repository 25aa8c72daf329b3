import type { FromWorker, ToWorker } from "../../runtime/protocol.ts";

/** A Worker that runs one page, and the eye that is kept on it. */
export type Link = {
  readonly send: (message: ToWorker) => void;
  /** False as long as something is running. */
  readonly idle: () => boolean;
  readonly close: () => void;
};

/** The cell that was running when the Worker stopped answering. */
export type Hung = {
  readonly page: string; readonly cell: number; readonly seconds: number;
};

export type Listener = {
  readonly onMessage: (message: FromWorker) => void;
  /** The Worker did not answer in time and has been ended. */
  readonly onHung: (hung: Hung | undefined) => void;
  /** Seconds a cell may take without a word. */
  readonly patience: (slow: boolean) => number;
};

const tick = 250;

/**
 * Starts a Worker and watches it: while it is busy it is asked for a sign of
 * life; a cell that keeps it from answering for too long ends it.
 *
 * Time is counted in ticks of our own timer, so that a computer which slept does
 * not look like a cell which ran.
 */
export function connect({ onMessage, onHung, patience }: Listener): Link {
  const worker = new Worker(new URL("./worker.js", import.meta.url),
    { type: "module", name: "cells" });
  const running = new Map<string, { page: string; cell: number; slow: boolean }>();
  let awake = false;
  let orders = 0;
  let done = 0;
  let asked = false;
  let silent = 0;

  const close = (): void => {
    clearInterval(timer);
    worker.terminate();
  };
  const watch = (): void => {
    if (orders === done || !awake) return;
    silent += tick;
    const last = [...running.values()].at(-1);
    const seconds = patience(last?.slow ?? false);
    if (silent > seconds * 1000) {
      close();
      onHung(last && { page: last.page, cell: last.cell, seconds });
    } else if (!asked) {
      asked = true;
      worker.postMessage({ type: "ping" } satisfies ToWorker);
    }
  };
  const timer = setInterval(watch, tick);

  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    awake = true;
    silent = 0;
    if (data.type === "pong") asked = false;
    if (data.type === "start") running.set(`${data.page} ${data.cell}`, data);
    if (data.type === "result") running.delete(`${data.page} ${data.cell}`);
    if (data.type === "settled") {
      done = data.orders;
      // A later order has not been taken yet: its end is still to come.
      if (done < orders) return;
      running.clear();
    }
    onMessage(data);
  };
  worker.onerror = (event) => {
    close();
    onMessage({ type: "failed", message: event.message ?? "its script does not load" });
  };
  return {
    send: (message) => {
      orders += 1;
      silent = 0;
      worker.postMessage(message);
    },
    idle: () => done === orders,
    close,
  };
}
