// usage: node oracle.mjs TABLES_FOLDER < queries.jsonl > answers.jsonl
// Reads lines {"id","query"}; says for each what Microsoft's language service answers:
// {"id","columns":[{"name","type"}]} or {"id","error":{"code","message","start","end"},"errors":[...]}.
import { createInterface } from 'node:readline';
import { make_service, read_tables } from './service.mjs';

if (!process.argv[2]) {
  console.error('usage: node oracle.mjs TABLES_FOLDER < queries.jsonl');
  process.exit(2);
}
const service = make_service(read_tables(process.argv[2]));
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const { id, query } = JSON.parse(line);
  let said;
  try {
    said = service.judge(query);
  } catch (failed) {  // the service stumbles over graph operators that follow no graph
    said = { error: { code: 'crash', message: String(failed.message).slice(0, 200), start: 0, end: 0 }, errors: [] };
  }
  process.stdout.write(JSON.stringify({ id, ...said }) + '\n');
}
