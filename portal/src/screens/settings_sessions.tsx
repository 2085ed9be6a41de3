// Open sessions: one's own, or everybody's for who manages access.
import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send } from '../api/client';
import { useAct } from '../ui/act';
import { PlainTable } from '../ui/table';
import { ago, time } from '../ui/words';

interface OpenSession { id: string; user: string; address: string; client: string; created: string; lastSeen: string; current: boolean }

// "Chrome on Linux"; what is none of these (a script, a program) is told in its own words.
const browsers: [RegExp, string][] = [[/\bEdgA?\//, 'Edge'], [/\bOPR\//, 'Opera'], [/\bFirefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/\bSafari\//, 'Safari']];
const systems: [RegExp, string][] = [[/Windows NT/, 'Windows'], [/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Mac OS X/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']];
function clientWords(client: string): string {
  const first = (names: [RegExp, string][]) => names.find(([sign]) => sign.test(client))?.[1];
  const browser = first(browsers), system = first(systems);
  return browser && system ? `${browser} on ${system}` : client;
}

export function Sessions() {
  const { act } = useAct();
  const { data, error, refetch } = useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => get<{ value: OpenSession[] }>('/api/merlon/sessions', signal) });
  const end = (one: OpenSession) => act({ send: () => send('DELETE', `/api/merlon/sessions/${one.id}`), done: 'The session has ended.', failed: 'The session was not ended' });
  return (
    <>
      <div className="bar"><p className="quiet">Where people are signed in now. A session ends after 30 minutes without use and after 12 hours at most.</p></div>
      <PlainTable label="Sessions" rows={data?.value} error={error} again={() => void refetch()} rowKey={(one) => one.id} none="Nobody is signed in."
        columns={[
          { title: 'User', width: 160, show: (one) => <><b>{one.user}</b>{one.current && <span className="quiet"> (this one)</span>}</> },
          { title: 'Address', width: 130, show: (one) => one.address },
          { title: 'Browser', show: (one) => <span title={one.client}>{clientWords(one.client)}</span> },
          { title: 'Since', width: 200, show: (one) => time(one.created) },
          { title: 'Last used', width: 116, show: (one) => ago(one.lastSeen) },
          { title: 'Actions', width: 90, show: (one) => <Button size="small" onClick={() => void end(one)}>End</Button> },
        ]} />
    </>
  );
}
