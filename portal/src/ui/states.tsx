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

// What is refused or gone will not be otherwise by asking again.
const mayHelp = (error: unknown) => !(error instanceof Problem && (error.status === 403 || error.status === 404));

export function Trouble({ error, again }: { error: unknown; again?: () => void }) {
  const id = error instanceof Problem ? error.requestId : '';
  const refused = error instanceof Problem && error.status === 403;
  const gone = error instanceof Problem && error.status === 404;
  return (
    <div className="explain" role="alert">
      <h2>{refused ? 'This is not for your role' : gone ? 'This is not here' : 'This could not be loaded'}</h2>
      <p>{wordsOf(error)}{gone && ' It may have gone since, belong to device groups that you do not see, or the address is mistyped.'}</p>
      {id && <p className="quiet">Request <code>{id}</code></p>}
      {again && mayHelp(error) && <Button onClick={again}>Try again</Button>}
    </div>
  );
}

// The words of a failure, with the id by which the server's log has it.
export function Reason({ error }: { error: unknown }) {
  const id = error instanceof Problem ? error.requestId : '';
  return <>{wordsOf(error)}{id && <> <span className="quiet">Request <code>{id}</code></span></>}</>;
}

// In one line: beside what is good and stays. `what`: "The trend could not be read".
export function TroubleLine({ what, error, again }: { what: string; error: unknown; again?: () => void }) {
  return (
    <span className="trouble-line" role="alert">
      <span>{what}: <Reason error={error} /></span>
      {again && mayHelp(error) && <button type="button" className="link" onClick={again}>Try again</button> /* it may stand in a form */}
    </span>
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

// Of a page about one thing: of its overview in cards, or of the list of a tab (`fills`).
export function PageBones({ fills }: { fills: boolean }) {
  if (fills) return <div className="list"><div className="bone-page"><Bones lines={14} /></div></div>;
  return <div className="cards"><section className="card wide"><Bones lines={10} /></section><section className="card"><Bones lines={6} /></section></div>;
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
