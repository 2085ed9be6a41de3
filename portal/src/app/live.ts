// What changes on the server shows on the open page by itself: the server tells that something changed (GET
// /api/merlon/live, server-sent events), and what is on the screen is read again. A page in the background does not listen;
// when it comes back, the number of the last change tells whether it missed one. Where no stream can be had (too many are
// open, something on the way holds them back) the screen is read again every half minute.
import { useEffect, useState } from 'react';
import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query';
import { away } from '../api/client';

const stream = '/api/merlon/live';
const withoutStream = 30_000;
const patience = 4_000;

// What no change on the server makes old: the sign-in is asked again when the stream ends, the schema is the program's,
// and what a form would do is asked by the form.
const lasts = ({ queryKey: [first, second] }: Query) => ['session', 'preview'].includes(String(first)) || (first === 'hunting' && second === 'schema');
export const readAgain = (queries: QueryClient): Promise<void> => queries.invalidateQueries({ predicate: (query) => !lasts(query) });

// Since when the server has not answered; undefined while it does.
export function useLiveData(): number | undefined {
  const queries = useQueryClient();
  const [lost, lose] = useState<number>();
  useEffect(() => {
    let source: EventSource | undefined;
    let told = '';
    let hears = false;
    let reading = false;
    let more = false;
    let losing: ReturnType<typeof setTimeout> | undefined;
    let asking: ReturnType<typeof setInterval> | undefined; // while it does not answer
    // One round at a time, and one more when something changed meanwhile: a slow server is not asked faster than it answers.
    const changed = async () => {
      more = true;
      if (reading) return;
      reading = true;
      while (more) {
        more = false;
        await readAgain(queries);
      }
      reading = false;
    };
    const close = () => {
      source?.close();
      source = undefined;
      hears = false;
    };
    const answers = () => {
      clearTimeout(losing);
      losing = undefined;
      if (asking === undefined) return;
      clearInterval(asking);
      asking = undefined;
      lose(undefined);
      void changed();
    };
    const gone = (since: number) => {
      if (asking !== undefined) return;
      asking = setInterval(() => void there(), patience);
      lose(since);
    };
    // No stream, or a call that came to nothing: is anybody there? What stands between may have answered in the server's place.
    const there = async () => {
      const status = await fetch('/health/live', { cache: 'no-store' }).then((response) => response.status, () => 0);
      if (status === 0 || status >= 502) gone(Date.now());
      else answers();
    };
    const open = () => {
      close();
      source = new EventSource(stream);
      source.addEventListener('hello', ({ data, lastEventId }: MessageEvent<string>) => {
        const { missed } = JSON.parse(data) as { missed: boolean };
        if (missed || (told && told !== lastEventId)) void changed();
        told = lastEventId;
        hears = true;
        answers();
      });
      source.addEventListener('changed', ({ lastEventId }: MessageEvent<string>) => {
        told = lastEventId;
        void changed();
      });
      // The sign-in has ended, or may do something else now.
      source.addEventListener('end', () => {
        close();
        void queries.invalidateQueries({ queryKey: ['session'] });
      });
      source.addEventListener('error', () => {
        hears = false;
        // The browser tries again by itself where nothing answered; where the server refused, we do after a while.
        if (source?.readyState === EventSource.CONNECTING) losing ??= setTimeout(() => gone(Date.now() - patience), patience);
        else {
          close();
          void there();
        }
      });
    };
    const turn = () => (document.hidden ? close() : open());
    const look = setInterval(() => {
      if (document.hidden || hears || losing) return;
      if (!source) open();
      void changed();
    }, withoutStream);
    const missed = () => void there();
    if (!document.hidden) open();
    document.addEventListener('visibilitychange', turn);
    window.addEventListener(away, missed);
    return () => {
      document.removeEventListener('visibilitychange', turn);
      window.removeEventListener(away, missed);
      clearInterval(look);
      clearInterval(asking);
      clearTimeout(losing);
      close();
    };
  }, [queries]);
  return lost;
}
