// Running a query. The Kusto protocol is asked, because it tells the types of KQL and what `render` wants.
import { send } from '../api/client';

export type Cell = string | number | boolean | null | object;
export interface Column { name: string; type: string }
export interface Render { Visualization: string | null; title?: string; kind?: string; xcolumn?: string; ycolumns?: string; series?: string }
export interface Answer { columns: Column[]; rows: Cell[][]; render: Render; notes: string[] }

interface Frame {
  FrameType: string;
  TableKind?: string;
  Columns?: { ColumnName: string; ColumnType: string }[];
  Rows?: Cell[][];
  OneApiErrors?: { error: { '@message': string } }[];
}

export async function run(csl: string, signal: AbortSignal): Promise<Answer> {
  const frames = await send<Frame[]>('POST', '/v2/rest/query', { db: 'Merlon', csl }, signal);
  const table = frames.find(({ TableKind }) => TableKind === 'PrimaryResult');
  const visual = frames.find(({ TableKind }) => TableKind === 'QueryProperties')?.Rows?.find((row) => row[1] === 'Visualization')?.[2];
  return {
    columns: (table?.Columns ?? []).map((one) => ({ name: one.ColumnName, type: one.ColumnType })),
    rows: table?.Rows ?? [],
    render: typeof visual === 'string' ? (JSON.parse(visual) as Render) : { Visualization: null },
    notes: frames.flatMap(({ OneApiErrors }) => OneApiErrors ?? []).map(({ error }) => error['@message']),
  };
}

export const numeric = (type: string) => /^(int|long|real|decimal)$/.test(type);

export function cellText(value: Cell | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function compare(a: Cell, b: Cell, type: string): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (numeric(type)) return Number(a) - Number(b);
  if (typeof a === 'boolean' || typeof b === 'boolean') return Number(a) - Number(b);
  const left = cellText(a), right = cellText(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

// A value as it is written in a query.
export function literal(value: Cell, type: string): string {
  if (value === null) return `${type}(null)`;
  if (type === 'string') return JSON.stringify(value);
  if (type === 'dynamic') return `dynamic(${JSON.stringify(value)})`;
  if (type === 'datetime' || type === 'timespan' || type === 'guid' || type === 'decimal') return `${type}(${String(value)})`;
  return String(value);
}

const columnName = (name: string) => (/^[A-Za-z_]\w*$/.test(name) ? name : `['${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`);

export function condition(column: Column, value: Cell, equal: boolean): string {
  const name = columnName(column.name);
  if (value === null) return `${equal ? 'isnull' : 'isnotnull'}(${name})`;
  if (column.type === 'dynamic') return `tostring(${name}) ${equal ? '==' : '!='} ${JSON.stringify(cellText(value))}`;
  return `${name} ${equal ? '==' : '!='} ${literal(value, column.type)}`;
}

// With a further condition; a `render` stays last.
export function withCondition(query: string, words: string): string {
  const render = /\n?\s*\|\s*render\b[^|]*$/.exec(query);
  const body = (render ? query.slice(0, render.index) : query).trimEnd().replace(/;$/, '');
  return `${body}\n| where ${words}${render ? `\n${render[0].trim()}` : ''}`;
}

export interface Ranged { text: string; note?: string }

// Adds the time range where the query says nothing about time and its table has the column Timestamp.
export function withRange(query: string, ago: string, hasTimestamp: (table: string) => boolean | undefined): Ranged {
  const plain = query.replace(/\/\/[^\n]*/g, (comment) => ' '.repeat(comment.length));
  if (!ago || /\bTimestamp\b/.test(plain)) return { text: query };
  const start = plain.lastIndexOf(';', plain.trimEnd().length - 2) + 1;
  const table = /^\s*([A-Za-z_]\w*)/.exec(plain.slice(start));
  const has = table ? hasTimestamp(table[1]!) : undefined;
  if (!table || !has) return { text: query, note: `The time range was not added: ${has === false ? `${table![1]} has no column Timestamp.` : 'the query does not begin with a table that has a column Timestamp.'}` };
  const end = start + table[0].length;
  return { text: `${query.slice(0, end)} | where Timestamp > ago(${ago})${query.slice(end)}` };
}
