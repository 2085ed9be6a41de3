// What stands where data is not: nothing found, something broken, still loading.
import { useEffect, useState, type ReactNode } from 'react';
import { Button, Skeleton, SkeletonItem } from '@fluentui/react-components';
import { Problem, wordsOf } from '../api/client';

// `alone`: there is nothing else on the screen, nor another heading.
export function Explain({ title, text, action, alone }: { title: string; text: ReactNode; action?: ReactNode; alone?: boolean }) {
  const Heading = alone ? 'h1' : 'h2';
  return (
    <div className="explain">
      <Heading>{title}</Heading>
      <p>{text}</p>
      {action && <div>{action}</div>}
    </div>
  );
}

export function Trouble({ error, again }: { error: unknown; again?: () => void }) {
  const id = error instanceof Problem ? error.requestId : '';
  // What is not allowed will not be by asking again.
  const refused = error instanceof Problem && error.status === 403;
  const gone = error instanceof Problem && error.status === 404;
  return (
    <div className="explain" role="alert">
      <h2>{refused ? 'This is not for your role' : gone ? 'This is not here' : 'This could not be loaded'}</h2>
      <p>{wordsOf(error)}{gone && ' It may have gone since, belong to device groups that you do not see, or the address is mistyped.'}</p>
      {id && <p className="quiet">Request <code>{id}</code></p>}
      {again && !refused && !gone && <Button onClick={again}>Try again</Button>}
    </div>
  );
}

export function Bones({ lines = 3 }: { lines?: number }) {
  return (
    <>
      <Skeleton aria-label="Loading" className="bones">
        {Array.from({ length: lines }, (_, i) => <SkeletonItem key={i} size={16} style={{ width: `${90 - ((i * 23) % 40)}%` }} />)}
      </Skeleton>
      <Patience />
    </>
  );
}

// Said to who has waited for long enough to wonder. The wait itself ends too (patience in api/client.ts).
export function Patience() {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 8_000);
    return () => clearTimeout(timer);
  }, []);
  return long ? <p className="quiet" role="status">The server is still working on this.</p> : null;
}
