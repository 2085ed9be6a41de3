// usage: node fill.mjs CASES_FOLDER TABLES_FOLDER
// Writes into the case files what the language service says: the type of each one-line case, the columns of each query,
// code and place of each error. Says where the service and the case disagree on accept or refuse. Rows stay as written.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { make_service, read_tables } from './service.mjs';

const [cases, tables] = process.argv.slice(2);
const service = make_service(read_tables(tables));
for (const name of readdirSync(cases).filter((f) => f.endsWith('.case')).sort()) {
  const file = join(cases, name);
  const out = [];
  let query = null, title = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const one = /^\? (.*) -> (?:(bool|int|long|real|decimal|string|datetime|timespan|guid|dynamic) )?(.*)$/.exec(line);
    if (one) {
      const says = service.judge(`print x = ${one[1]}`);
      if (says.error) console.log(`${name}: ${one[1]}: ${says.error.code} ${says.error.message}`);
      const type = says.columns?.[0]?.type ?? one[2] ?? '';
      out.push(`? ${one[1]} -> ${type} ${one[3]}`);
      continue;
    }
    if (line.startsWith('## ')) { query = []; title = line; }
    else if (line.startsWith('---') && query !== null) {
      const text = query.join('\n').trimEnd();
      query = null;
      const says = service.judge(text);
      const wants_error = line.startsWith('--- error');
      if (line.startsWith('--- refused') || line === '--- accepted') { out.push(line); continue; }
      if (Boolean(says.error) !== wants_error)
        console.log(`${name}: ${title}: ${says.error ? says.error.code + ' ' + says.error.message : 'accepted'}`);
      if (wants_error && says.error)
        out.push(`--- error ${says.error.code} «${text.slice(says.error.start, says.error.end).replace(/\n/g, '␤')}»`);
      else if (!wants_error && says.columns) out.push('--- ' + says.columns.map((c) => `${c.name}:${c.type}`).join(', '));
      else out.push(line);
      continue;
    } else if (query !== null) query.push(line);
    out.push(line);
  }
  writeFileSync(file, out.join('\n'));
}
