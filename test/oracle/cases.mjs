// usage: node cases.mjs CASES_FOLDER QUERIES_FOLDER > queries.jsonl
// Every query of the case files (test/hunt/README.md) and every built-in as lines {"id","query"}.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export function read_cases(file) {
  const stem = basename(file, '.case');
  const found = [];
  let name = null, lines = [], in_query = false, number = 0;
  const close = () => { if (name !== null && lines.length) found.push({ id: `${stem}/${name}`, query: lines.join('\n').trimEnd() }); lines = []; };
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    ++number;
    if (line.startsWith('## ')) { close(); name = line.slice(3).trim(); in_query = true; }
    else if (line.startsWith('? ')) {
      close(); name = null; in_query = false;
      const arrow = line.lastIndexOf(' -> ');
      if (arrow < 0) throw new Error(`${file}:${number}: no ->`);
      const expression = line.slice(2, arrow).trim();
      found.push({ id: `${stem}/${expression}`, query: `print x = ${expression}` });
    } else if (line.startsWith('---')) in_query = false;
    else if (in_query) lines.push(line);
  }
  close();
  return found;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [, , cases, queries] = process.argv;
  for (const f of readdirSync(cases).filter((f) => f.endsWith('.case')).sort())
    for (const c of read_cases(join(cases, f))) console.log(JSON.stringify(c));
  for (const f of readdirSync(queries).filter((f) => f.endsWith('.kql')).sort())
    console.log(JSON.stringify({ id: `queries/${f}`, query: readFileSync(join(queries, f), 'utf8') }));
}
