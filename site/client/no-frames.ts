/**
 * Imported before the dataflow: it would wait for animation frames, which stop in
 * hidden tabs. A message to ourselves is the quickest thing that lets others in.
 */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

Reflect.deleteProperty(globalThis, "requestAnimationFrame");
Object.assign(globalThis, {
  setImmediate: (run: () => void) => {
    waiting.push(run);
    port2.postMessage(null);
  },
});
