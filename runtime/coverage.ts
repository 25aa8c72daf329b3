/**
 * Line coverage that does not slow the tests down.
 *
 * Vitest's own provider counts how often each block runs, and for that V8 keeps functions
 * from being optimized: the pages' loops take three times as long. Whether a line was run
 * at all needs no count; everything else is Vitest's.
 */
import inspector from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import v8 from "@vitest/coverage-v8";

const session = new inspector.Session();
let running = false;

type Options = Parameters<NonNullable<typeof v8.takeCoverage>>[0];

export default {
  ...v8,
  /** Once in each worker: the pages share one (`isolate: false`). */
  async startCoverage(): Promise<void> {
    if (running) return;
    running = true;
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.startPreciseCoverage",
      { callCount: false, detailed: true });
  },
  async takeCoverage(options: Options) {
    const { result } = await session.post("Profiler.takePreciseCoverage");
    const own = result.filter(({ url }) =>
      url.startsWith("file://") && /\/chapters\/.*\.md/.test(url));
    return { result: own.map((entry) => ({ ...entry, startOffset:
      options?.moduleExecutionInfo?.get(fileURLToPath(entry.url))?.startOffset ?? 0 })) };
  },
  stopCoverage: (): void => undefined,
};
