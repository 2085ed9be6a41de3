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

// Sent on the window when the server says that nobody is signed in (any more), and when it does not answer.
export const signedOut = 'merlon:signed-out';
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

// Who asks the person for their password again; false when they would rather not.
let confirm: () => Promise<boolean> = () => Promise.resolve(false);
export function whenUnconfirmed(ask: () => Promise<boolean>): () => void {
  const before = confirm;
  confirm = ask;
  return () => { confirm = before; };
}

// How long what is shown is waited for: who waits longer wants to be told, not shown bones.
const patience = 90_000;

async function answered(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(scoped(path), { credentials: 'same-origin', ...init });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'TimeoutError') throw new Problem(408, 'Timeout', `The server took the question and has not answered it within ${patience / 1000} seconds.`, '');
    if (init.signal?.aborted) throw cause;
    throw new Problem(0, 'Unreachable', 'The server does not answer. Is it running, and is the network up?', '');
  }
  if (response.ok) return response;
  const problem = await refusalOf(response);
  if (problem.status === 401 && path !== '/api/merlon/session') window.dispatchEvent(new Event(signedOut));
  if (problem.code === 'ConfirmationRequired' && (await confirm())) return answered(path, init);
  throw problem;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const limit = AbortSignal.timeout(patience);
  return (await (await answered(path, { signal: signal ? AbortSignal.any([signal, limit]) : limit })).json()) as T;
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
