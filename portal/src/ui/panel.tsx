// A panel at the right of the screen. The list beside it stays usable; Escape closes it and the focus goes back.
import { useEffect, useRef, type ReactNode } from 'react';
import { Button } from '@fluentui/react-components';
import { DismissRegular, OpenRegular } from '@fluentui/react-icons';
import { Link } from 'react-router';
import { modalOpen } from './focus';
import { Bones, Trouble } from './states';

interface Props {
  title: ReactNode;
  under?: ReactNode; // below the title: tags, severity
  page?: { to: string; words: string }; // its full page
  actions?: ReactNode;
  close: () => void;
  asked?: { data: unknown; error: unknown; refetch: () => unknown }; // the query of what it shows: bones until it is answered, its trouble instead of the rest
  children: ReactNode;
  id: string; // what it shows; another one moves the focus again
}

export function Panel({ title, under, page, actions, close, asked, children, id }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const closing = useRef(close);
  closing.current = close;
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    // A form that opens with the panel has the focus.
    if (!modalOpen()) box.current?.focus({ preventScroll: true });
    box.current?.scrollTo({ top: 0 });
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('[role=dialog][aria-modal=true], [role=menu]')) return;
      closing.current();
    };
    window.addEventListener('keydown', pressed);
    return () => {
      window.removeEventListener('keydown', pressed);
      if (before?.isConnected && document.activeElement === document.body) before.focus({ preventScroll: true });
    };
  }, [id]);
  return (
    <div className="panel" ref={box} tabIndex={-1} role="dialog" aria-labelledby="panel-title">
      <header>
        <div className="panel-head">
          <h2 id="panel-title">{title}</h2>
          {(under || page) && <div className="panel-under">{under}{page && <Link to={page.to} className="panel-page"><OpenRegular aria-hidden /> {page.words}</Link>}</div>}
        </div>
        <Button appearance="subtle" aria-label="Close" icon={<DismissRegular />} onClick={close} />
      </header>
      {actions && <div className="panel-actions">{actions}</div>}
      {/* Where nothing in it takes the focus it is scrolled by keys all the same. */}
      <div className="panel-body" tabIndex={0} role="group" aria-labelledby="panel-title">
        {asked?.error != null && <Trouble error={asked.error} again={() => void asked.refetch()} />}
        {asked && asked.data === undefined && !asked.error && <Bones lines={8} />}
        {children}
      </div>
    </div>
  );
}

export function Section({ title, end, children }: { title: ReactNode; end?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <h3>{title}{end && <span className="section-end">{end}</span>}</h3>
      {children}
    </section>
  );
}

export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <dl className="facts">
      {facts.filter(([, value]) => value !== '' && value !== null && value !== undefined && value !== false).map(([name, value]) => (
        <div key={name}><dt>{name}</dt><dd>{value}</dd></div>
      ))}
    </dl>
  );
}
