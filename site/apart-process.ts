import type { Answer, Order } from "./apart.ts";
import { prerender } from "./prerender.ts";

/** The process of apart.ts: one order after the other. */
const say = (answer: Answer): void => { process.send?.(answer); };

process.on("message", async ({ book, paths, base, tests }: Order) => {
  try {
    const results = await prerender(book, paths, { base, tests,
      onStart: (page, cell) => say({ type: "start", page, cell }),
      onCell: ({ page, cell }) => say({ type: "cell", page, cell }) });
    say({ type: "done", results });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say({ type: "failed", message });
  }
});
