/** The candidate that differs least, by edits of single characters. */
export function nearest(name: string, candidates: readonly string[]): string {
  let best = "none";
  let least = Infinity;
  for (const candidate of candidates) {
    const d = distance(name, candidate);
    if (d < least) [best, least] = [candidate, d];
  }
  return `\`${best}\``;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
