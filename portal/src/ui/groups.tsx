// Device groups as choices.
import { Checkbox, Field, Radio, RadioGroup } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Page } from '../api/odata';
import { useSession } from '../app/session';
import { TroubleLine } from './states';

export const useGroups = () =>
  useQuery({
    queryKey: ['groups'], enabled: useSession().may('Score.Read.All'),
    queryFn: ({ signal }) => get<Page<{ rbacGroupName: string; score: number }>>('/api/exposureScore/ByMachineGroups', signal),
    staleTime: 60_000,
    select: ({ value }) => value.map(({ rbacGroupName }) => rbacGroupName),
  });

// All groups, now and later, or some of them. `chosen` undefined: all.
export function GroupChoice({ label, chosen, choose }: { label: string; chosen: string[] | undefined; choose: (groups: string[] | undefined) => void }) {
  const groups = useGroups();
  return (
    <>
      <Field label={label}>
        <RadioGroup layout="horizontal" value={chosen ? 'some' : 'all'} onChange={(_, { value }) => choose(value === 'all' ? undefined : [])}>
          <Radio value="all" label="All devices" />
          <Radio value="some" label="Some device groups" />
        </RadioGroup>
      </Field>
      {chosen && (
        <fieldset className="boxes"><legend className="unseen">Device groups</legend>
          {groups.error && <TroubleLine what="The device groups could not be read" error={groups.error} again={() => void groups.refetch()} />}
          {groups.data?.length === 0 && <p className="quiet">No device is in a group yet.</p>}
          {groups.data?.map((group) => (
            <Checkbox key={group} label={group} checked={chosen.includes(group)} onChange={(_, { checked }) => choose(checked ? [...chosen, group] : chosen.filter((one) => one !== group))} />
          ))}
        </fieldset>
      )}
    </>
  );
}
