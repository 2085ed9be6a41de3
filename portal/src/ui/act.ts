// A change that a person asks for: shown at once where the page knows what it will be, sent, told, and taken back from the
// message. What the server refuses is put back and said in its words.
import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { readAgain } from '../app/live';
import { useToasts } from './toast';

export interface Change {
  send: () => Promise<unknown>;
  done: string;
  failed?: string;
  back?: () => Promise<unknown>; // takes it back; the message has an Undo then
  shown?: { key: QueryKey; part: object }; // what the page has of the thing, and how it will be
}

export function useAct() {
  const queries = useQueryClient();
  const toasts = useToasts();
  // Of what is done already.
  async function tell(done: string, back?: () => Promise<unknown>) {
    toasts.done(done, back && (() => void act({ send: back, done: 'Taken back.', failed: 'It could not be taken back' })));
    await readAgain(queries);
  }
  // Shows what will be; gives how to put back what was.
  async function show({ key, part }: NonNullable<Change['shown']>): Promise<() => void> {
    const before = queries.getQueryData(key);
    if (!before) return () => {};
    await queries.cancelQueries({ queryKey: key });
    queries.setQueryData(key, { ...before, ...part });
    return () => queries.setQueryData(key, before);
  }
  // Of a button: nothing is lost by a refusal, and a message says it.
  async function act({ send, done, failed = 'Not done', back, shown }: Change): Promise<boolean> {
    const hide = shown && (await show(shown));
    try {
      await send();
    } catch (problem) {
      hide?.();
      toasts.failed(failed, problem);
      await readAgain(queries);
      return false;
    }
    await tell(done, back);
    return true;
  }
  // Of a form (form.tsx), which keeps what was typed until the server has taken it, and says a refusal itself.
  async function submit({ send, done, back, shown }: Omit<Change, 'failed'>): Promise<void> {
    await send();
    if (shown) await show(shown);
    void tell(done, back);
  }
  return { act, submit, tell };
}
