// Calls of the server's API, about the device groups that are chosen (app/scope.ts). Every refusal becomes a Problem with the
// server's own words and the request's id.
import { scoped } from '../app/scope';

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string,
  ) {
    super(message);
  }
}

// Sent on the window when the server does not answer.
export const away = 'merlon:away';

// Nobody answered, or something on the way answered in the server's place.
export const isAway = (error: unknown): boolean => error instanceof Problem && (error.status === 0 || (error.status >= 502 && error.status <= 504));

async function refusalOf(response: Response): Promise<Problem> {
  const id = response.headers.get('X-Request-Id') ?? '';
  try {
    // The Kusto protocol tells the reason beside a general message.
    const { error } = (await response.json()) as { error: { code: string; message: string; '@message'?: string } };
    return new Problem(response.status, error.code, error['@message'] ?? error.message, id);
  } catch {
    return new Problem(response.status, 'HttpError', `The server answered ${response.status}.`, id);
  }
}

// What the person is asked before a call that was refused is sent again: who they are, where nobody is signed in any more
// (app/session.tsx), and their password, where it was given a while ago (app/confirm.tsx). False when nothing came of it.
type Ask = () => Promise<boolean>;
const nobody: Ask = () => Promise.resolve(false);
const asks = { signIn: nobody, confirm: nobody };
export function whenRefused(what: keyof typeof asks, ask: Ask): () => void {
  asks[what] = ask;
  return () => { asks[what] = nobody; };
}

function askAfter({ status, code }: Problem, path: string): keyof typeof asks | undefined {
  if (status === 401 && path !== '/api/merlon/session') return 'signIn'; // there it is the answer
  return code === 'ConfirmationRequired' ? 'confirm' : undefined;
}

// How long what is shown is waited for: who waits longer wants to be told, not shown bones.
const patience = 90_000;

// `limit`: of each attempt; how long the person takes to answer between two does not count. `asked` before: not again for the same.
async function answered(path: string, init: RequestInit, limit?: number, asked?: keyof typeof asks): Promise<Response> {
  const ends = [init.signal ?? [], limit === undefined ? [] : AbortSignal.timeout(limit)].flat();
  let response: Response;
  try {
    response = await fetch(scoped(path), { credentials: 'same-origin', ...init, signal: AbortSignal.any(ends) });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'TimeoutError') throw new Problem(408, 'Timeout', `The server took the question and has not answered it within ${patience / 1000} seconds.`, '');
    if (init.signal?.aborted) throw cause;
    throw new Problem(0, 'Unreachable', 'The server does not answer. Is it running, and is the network up?', '');
  }
  if (response.ok) return response;
  const problem = await refusalOf(response);
  const ask = askAfter(problem, path);
  if (ask && ask !== asked && (await asks[ask]())) return answered(path, init, limit, ask);
  throw problem;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await answered(path, { signal }, patience)).json()) as T;
}

export async function textOf(path: string, signal?: AbortSignal): Promise<string> {
  return (await answered(path, { signal })).text();
}

export async function send<T>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await answered(path, {
    method,
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export async function count(path: string, filter: string, signal?: AbortSignal): Promise<number> {
  const query = filter ? `?$filter=${encodeURIComponent(filter)}` : '';
  return Number(await textOf(`${path}/$count${query}`, signal));
}

// A file that the server makes of a query, whole: not only the rows that are shown.
export async function fileOf(path: string, body: unknown): Promise<Blob> {
  return (await answered(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } })).blob();
}

// What a person reads of any failure.
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
