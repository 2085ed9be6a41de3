import { useEffect, type ReactNode } from 'react';
import { useScope } from '../app/scope';
import { time } from './words';

// `name`: of the one thing that the screen is about; the window is called after it.
export function Head({ title, name, text, end, before }: { title: ReactNode; name?: string; text?: ReactNode; end?: ReactNode; before?: ReactNode }) {
  const scope = useScope();
  useEffect(() => {
    if (name) document.title = `${name} - Merlon`;
  }, [name]);
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
