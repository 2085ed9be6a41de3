// Asks the worker that holds the language service, and the server, about a query while it is written.
import { get, send } from '../api/client';

export interface HuntColumn { name: string; type: string; doc: string; hasSource: boolean }
export interface HuntTable { name: string; section: string; doc: string; hasSource: boolean; columns: HuntColumn[] }
export interface HuntFunction { name: string; kind: 'scalar' | 'aggregate'; doc: string; supported: boolean; aliases: string[]; signatures: string[] }
export interface HuntSchema { tables: HuntTable[]; functions: HuntFunction[] }
export interface Span { from: number; to: number; words: string; kind: string }
export interface Suggestion { label: string; kind: string; before: string; after: string; doc: string }

export interface Asks {
  schema: { args: HuntSchema; gives: { functions: number } };
  lint: { args: { text: string }; gives: Span[] };
  complete: { args: { text: string; at: number }; gives: { from: number; items: Suggestion[] } };
  hover: { args: { text: string; at: number }; gives: string };
  colours: { args: { text: string }; gives: Span[] };
}
export interface Ask { id: number; what: keyof Asks; args: unknown }

export const readSchema = (signal?: AbortSignal) => get<HuntSchema>('/api/advancedqueries/schema', signal);

let worker: Worker | undefined;
let next = 1;
const waiting = new Map<number, { done: (gives: never) => void; fail: (error: Error) => void }>();

function start(): Worker {
  const made = new Worker(new URL('./kql.worker.ts', import.meta.url), { type: 'module', name: 'kql' });
  made.onmessage = ({ data }: MessageEvent<{ id: number; gives?: never; error?: string }>) => {
    const one = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error !== undefined) one?.fail(new Error(data.error));
    else one?.done(data.gives as never);
  };
  return made;
}

export function ask<K extends keyof Asks>(what: K, args: Asks[K]['args']): Promise<Asks[K]['gives']> {
  worker ??= start();
  const id = next++;
  return new Promise((done, fail) => {
    waiting.set(id, { done: done as (gives: never) => void, fail });
    worker!.postMessage({ id, what, args } satisfies Ask);
  });
}

interface Said {
  valid: boolean;
  errors: { code: string; message: string; hint: string; line: number; column: number; endLine: number; endColumn: number }[];
  tablesWithoutSource: string[];
}
export interface Verdict { errors: (Span & { line: number; column: number; hint: string })[]; tablesWithoutSource: string[] }

// The server counts characters, the page counts UTF-16 units.
function offsetOf(text: string, line: number, column: number): number {
  let at = 0;
  for (let i = 1; i < line; ++i) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  for (let i = 1; i < column && at < text.length; ++i) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return at;
}

// The server's word on a query; nothing is run.
export async function verdictOn(text: string, signal?: AbortSignal): Promise<Verdict> {
  const said = await send<Said>('POST', '/api/advancedqueries/validate', { Query: text }, signal);
  return {
    tablesWithoutSource: said.tablesWithoutSource,
    errors: said.errors.map((one) => {
      const from = offsetOf(text, one.line, one.column);
      // A message carries its hint already.
      const words = one.hint && one.message.includes(one.hint) ? one.message.replace(one.hint, '').trim() : one.message;
      return { from, to: Math.max(from, offsetOf(text, one.endLine, one.endColumn)), words, hint: one.hint, kind: one.code, line: one.line, column: one.column };
    }),
  };
}

export interface Block { from: number; to: number; text: string }

// A text may hold several queries, with blank lines between them; after a semicolon the query goes on.
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let from = -1, to = 0, at = 0, open = false;
  for (const line of text.split('\n')) {
    const plain = line.replace(/\/\/.*$/, '').trim();
    if (line.trim()) {
      if (from < 0) from = at;
      to = at + line.length;
      if (plain) open = plain.endsWith(';');
    } else if (from >= 0 && !open) {
      blocks.push({ from, to, text: text.slice(from, to) });
      from = -1;
    }
    at += line.length + 1;
  }
  if (from >= 0) blocks.push({ from, to, text: text.slice(from, to) });
  return blocks;
}

// The block that the caret is in or behind.
export function blockAt(text: string, at: number): Block {
  const blocks = blocksOf(text);
  return blocks.find((one) => at >= one.from && at <= one.to) ?? blocks.findLast((one) => one.to < at) ?? blocks[0] ?? { from: at, to: at, text: '' };
}
