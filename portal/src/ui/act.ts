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
  // Of what is done already: by a form, which says its refusals itself.
  async function tell(done: string, back?: () => Promise<unknown>) {
    toasts.done(done, back && (() => void act({ send: back, done: 'Taken back.', failed: 'It could not be taken back' })));
    await readAgain(queries);
  }
  async function act({ send, done, failed = 'Not done', back, shown }: Change): Promise<boolean> {
    const before = shown && queries.getQueryData(shown.key);
    if (shown && before) {
      await queries.cancelQueries({ queryKey: shown.key });
      queries.setQueryData(shown.key, { ...before, ...shown.part });
    }
    try {
      await send();
    } catch (problem) {
      if (shown && before) queries.setQueryData(shown.key, before);
      toasts.failed(failed, problem);
      await readAgain(queries);
      return false;
    }
    await tell(done, back);
    return true;
  }
  return { act, tell };
}
