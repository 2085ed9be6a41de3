import type { ReactNode } from 'react';
import { useScope } from '../app/scope';
import { time } from './words';

export function Head({ title, text, end, before }: { title: ReactNode; text?: ReactNode; end?: ReactNode; before?: ReactNode }) {
  const scope = useScope();
  return (
    <div className="head">
      <div>
        {before}
        <h1>{title}</h1>
        {text && <p>{text}</p>}
        <p className="on-paper">Merlon, {time(new Date().toISOString())}{scope.length ? `; device groups: ${scope.join(', ')}` : ''}</p>
      </div>
      {end && <div className="head-end">{end}</div>}
    </div>
  );
}
