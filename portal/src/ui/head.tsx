import type { ReactNode } from 'react';

export function Head({ title, text, end, before }: { title: ReactNode; text?: ReactNode; end?: ReactNode; before?: ReactNode }) {
  return (
    <div className="head">
      <div>
        {before}
        <h1>{title}</h1>
        {text && <p>{text}</p>}
      </div>
      {end && <div className="head-end">{end}</div>}
    </div>
  );
}
