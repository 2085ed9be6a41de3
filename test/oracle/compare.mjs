// usage: node compare.mjs ORACLE.jsonl MERLON.jsonl QUERIES.jsonl KNOWN.json [--first FILE]
// Compares what the language service and Merlon say of each query: accepted or refused, columns, types, and where the
// first error stands. A difference that KNOWN does not list fails; so does an entry of KNOWN that no longer differs,
// so that the list can only shrink. Prints one line for each difference; the last line is "passed failed skipped".
import { readFileSync, writeFileSync } from 'node:fs';

const [oracle_file, merlon_file, queries_file, known_file] = process.argv.slice(2);
const lines = (file) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l));
const by_id = (file) => new Map(lines(file).map((l) => [l.id, l]));
const oracle = by_id(oracle_file), merlon = by_id(merlon_file);
const queries = lines(queries_file);
const known = JSON.parse(readFileSync(known_file, 'utf8'));

// Offsets within the same token, or in tokens that touch, count as the same place.
function near(query, a, b) {
  const [from, to] = a < b ? [a, b] : [b, a];
  if (to - from <= 1) return true;
  const between = query.slice(from, to).trim();
  return /^[\w$.]*$/.test(between) || /^[^\w\s]*$/.test(between) || between.split(/\s+/).length <= 1;
}

// The oracle counts UTF-16 units from 0, Merlon lines and code points from 1.
function unit(query, { line, column }) {
  const before = query.split('\n').slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const text = [...(query.split('\n')[line - 1] ?? '')].slice(0, column - 1).join('');
  return before + text.length;
}

function difference(query, says, ours) {
  if (!ours) return 'no answer of ours';
  if (says.error && !ours.error) return `accepted, but refused by the service: ${says.error.code} ${says.error.message}`;
  if (!says.error && ours.error) return `refused (${ours.error.code} ${ours.error.message}), but the service accepts it`;
  if (says.error) {
    if (ours.error.line === undefined) return `no place given; the service: ${says.error.code} at ${says.error.start}`;
    const start = unit(query, ours.error);
    const inside = says.errors.some((e) => near(query, e.start, start) || (start >= e.start && start < e.end));
    return inside ? null : `error ${ours.error.code} at ${start}, the service: ${says.error.code} at ${says.error.start}`;
  }
  if (!says.columns) return null;
  const text = (columns) => columns.map((c) => `${c.name}:${c.type}`).join(', ');
  return text(says.columns) === text(ours.columns) ? null
    : `columns: ours ${text(ours.columns)}\n    theirs ${text(says.columns)}`;
}

let passed = 0, failed = 0;
const seen = new Set();
for (const { id, query } of queries) {
  const says = oracle.get(id);
  const found = says ? difference(query, says, merlon.get(id)) : 'the oracle gave no answer';
  if (found) seen.add(id);
  if (found && known[id] === undefined) {
    ++failed;
    console.log(`${id}: ${found}\n    ${query.replace(/\n/g, '\n    ')}`);
  } else if (!found && known[id] !== undefined) {
    ++failed;
    console.log(`${id}: no longer differs; take it out of the list of known differences`);
  } else ++passed;
}
for (const id of Object.keys(known)) {
  if (seen.has(id) || queries.some((q) => q.id === id)) continue;
  ++failed;
  console.log(`${id}: listed as a known difference, but there is no such query`);
}
console.log(`${passed} ${failed} 0`);
process.exitCode = failed ? 1 : 0;
