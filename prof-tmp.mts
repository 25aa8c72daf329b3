import { readFileSync } from "node:fs"; import { gunzipSync } from "node:zlib";
import { parseLines, compare } from "./chapters/02-idmap/06c-answers.md";
import { decodeFeatures } from "./chapters/02-idmap/01-geometry.md";
const d="./chapters/02-idmap/fixtures/translation/";
const ids=JSON.parse(readFileSync(d+"idregs.json","utf8"));
const f=decodeFeatures((n:any)=>BigInt(ids.max[n]??"0"),((q:any,o:any)=>o[0]) as any);
for (const name of ["s1-max","s12-max"]) { const t=performance.now(); const file:any=parseLines(gunzipSync(readFileSync(d+name+".jsonl.gz"))); const t1=performance.now();
for(const c of file){const ask=compare(c,f);for(const q of c.p)ask(q);} console.log(name,t1-t,performance.now()-t1);}
