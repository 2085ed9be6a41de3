// Open sessions: one's own, or everybody's for who manages access.
import { Button } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../api/client';
import { PlainTable } from '../ui/table';
import { useToasts } from '../ui/toast';
import { ago, time } from '../ui/words';

interface OpenSession { id: string; user: string; address: string; client: string; created: string; lastSeen: string; current: boolean }

export function Sessions() {
  const queries = useQueryClient();
  const toasts = useToasts();
  const { data, error, refetch } = useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => get<{ value: OpenSession[] }>('/api/merlon/sessions', signal) });
  const end = async (one: OpenSession) => {
    try {
      await send('DELETE', `/api/merlon/sessions/${one.id}`);
      toasts.done('The session has ended.');
    } catch (problem) {
      toasts.failed('The session was not ended', problem);
    }
    await queries.invalidateQueries({ queryKey: ['sessions'] });
  };
  return (
    <>
      <div className="bar"><p className="quiet">Where people are signed in now. A session ends after 30 minutes without use and after 12 hours at most.</p></div>
      <PlainTable label="Sessions" rows={data?.value} error={error} again={() => void refetch()} rowKey={(one) => one.id} none="Nobody is signed in."
        columns={[
          { title: 'User', width: 180, show: (one) => <><b>{one.user}</b>{one.current && <span className="quiet"> (this one)</span>}</> },
          { title: 'Address', width: 150, show: (one) => one.address },
          { title: 'Browser', show: (one) => <span title={one.client}>{one.client}</span> },
          { title: 'Since', width: 200, show: (one) => time(one.created) },
          { title: 'Last used', width: 140, show: (one) => ago(one.lastSeen) },
          { title: 'Actions', width: 90, show: (one) => <Button size="small" onClick={() => void end(one)}>End</Button> },
        ]} />
    </>
  );
}
