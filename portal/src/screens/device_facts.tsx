// What a device keeps to of each baseline, who signs in to it, and whether it waits for a restart.
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import { address, any, contains, type Page } from '../api/odata';
import { kqlAny, kqlHas, kqlText } from '../app/hunting';
import { useSession } from '../app/session';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { Trouble, TroubleLine } from '../ui/states';
import { ago, time } from '../ui/words';

interface Result {
  id: string; configurationId: string; profileId: string; profileName: string; configurationName: string; category: string; isApplicable: boolean; isCompliant: boolean;
  isExempt: boolean; recommendedValue: string[]; currentValue: string[]; source: string[]; recommendationReference: string;
}

const resultWords = (r: Result) => (!r.isApplicable ? 'Not applicable' : r.isCompliant ? 'Compliant' : r.isExempt ? 'Under exception' : 'Not compliant');
const columns: Column<Result>[] = [
  { key: 'name', title: 'Configuration', sort: 'configurationName', text: (r) => r.configurationName },
  { key: 'result', title: 'Result', width: 140, sort: 'isCompliant', text: resultWords, show: (r) => <span className={r.isApplicable && !r.isExempt ? (r.isCompliant ? 'good' : 'bad') : 'quiet'}>{resultWords(r)}</span> },
  { key: 'profile', title: 'Profile', width: 264, sort: 'profileName', text: (r) => r.profileName, show: (r) => <span title={r.profileName}>{r.profileName}</span> },
  { key: 'section', title: 'Section', width: 184, wide: true, sort: 'category', text: (r) => r.category },
  { key: 'wanted', title: 'Recommended', width: 140, text: (r) => r.recommendedValue.join('; '), show: (r) => <span title={r.recommendedValue.join('\n')}>{r.recommendedValue.join('; ')}</span> },
  { key: 'found', title: 'As read', width: 130, text: (r) => r.currentValue.join('; '), show: (r) => <span className="mono" title={r.source.map((key, i) => `${key} = ${r.currentValue[i]}`).join('\n')}>{r.currentValue.join('; ')}</span> },
  { key: 'number', title: 'Number', width: 130, optional: true, sort: 'configurationId', text: (r) => r.configurationId },
];
const results: Record<string, string> = {
  bad: 'isApplicable eq true and isCompliant eq false and isExempt eq false', good: 'isCompliant eq true', exempt: 'isExempt eq true', none: 'isApplicable eq false',
};
const inKql: Record<string, string> = { bad: '(IsApplicable and not(IsCompliant) and not(IsExempt))', good: 'IsCompliant', exempt: 'IsExempt', none: 'not(IsApplicable)' };
const filters: Filter[] = [
  { key: 'result', title: 'Result', kql: (values) => kqlAny(values, inKql), odata: (values) => any(...values.map((value) => results[value] ?? 'false')),
    options: [{ value: 'bad', label: 'Not compliant' }, { value: 'good', label: 'Compliant' }, { value: 'exempt', label: 'Under exception' }, { value: 'none', label: 'Not applicable' }] },
  { key: 'profile', title: 'Profile', written: 'text', hint: 'Part of its name', options: [], odata: ([text]) => contains('profileName', text!), kql: ([text]) => `ProfileName contains ${kqlText(text!)}` },
];

export function DeviceBaselines({ id }: { id: string }) {
  return (
    <List<Result> name="device-baselines" source={`/api/machines/${encodeURIComponent(id)}/baselines`} order="profileName, isCompliant, configurationId" columns={columns} filters={filters} rowKey={(r) => r.id} rowName={(r) => r.configurationName}
      search={{ hint: 'Search setting', odata: (text) => any(contains('configurationName', text), contains('configurationId', text), contains('category', text)) }}
      hunting={({ q, where }) => `DeviceBaselineComplianceAssessment\n| where DeviceId == ${kqlText(id)}\n| join kind=inner (DeviceBaselineComplianceProfiles | project ProfileId, ProfileName) on ProfileId\n| join kind=inner (DeviceBaselineComplianceAssessmentKB | distinct ConfigurationId, ConfigurationName, ConfigurationCategory) on ConfigurationId${where}${kqlHas(q, 'ConfigurationName', 'ConfigurationId', 'ConfigurationCategory')}\n| project ProfileName, ConfigurationId, ConfigurationName, IsApplicable, IsCompliant, IsExempt, RecommendedValue, CurrentValue`}
      empty={{ title: 'No baseline speaks of this device', text: <>Profiles apply to device groups and operating systems: <Link to="/configuration?tab=baselines">Baselines</Link>.</> }} />
  );
}

interface User { id: string; accountName: string; accountDomain: string; firstSeen: string; lastSeen: string; logonTypes: string; isDomainAdmin: boolean }

// Nothing where no sensor told of anybody.
export function LoggedOnUsers({ id }: { id: string }) {
  const { may } = useSession();
  const allowed = may('User.Read.All');
  const { data, error, refetch } = useQuery({
    queryKey: ['logonusers', id], enabled: allowed,
    queryFn: ({ signal }) => get<Page<User>>(`/api/machines/${encodeURIComponent(id)}/logonusers?$orderby=lastSeen%20desc&$top=20`, signal),
  });
  if (error) return <section className="card whole"><h2>Logged-on users</h2><Trouble error={error} again={() => void refetch()} /></section>;
  if (!data?.value.length) return null;
  return (
    <section className="card whole"><h2>Logged-on users</h2>
      <ul className="boxes people">
        {data.value.map((user) => (
          <li key={user.id}><b>{user.accountDomain ? `${user.accountDomain}\\${user.accountName}` : user.accountName}</b>{user.isDomainAdmin && ' (domain administrator)'} <span className="quiet" title={time(user.lastSeen)}>{user.logonTypes}, {ago(user.lastSeen)}</span></li>
        ))}
      </ul>
    </section>
  );
}

interface Restart { pendingRestart: boolean | null; pendingRestartReasons: string[]; pendingRestartDetails: string[]; pendingRestartSince: string | null }

const reasonWords: Record<string, string> = {
  component_servicing: 'parts of Windows were serviced', windows_update: 'Windows Update installed something', file_renames: 'a program has files to replace',
  kernel: 'a newer kernel is installed', packages: 'packages ask for it',
};

export function PendingRestart({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['restart', id],
    queryFn: ({ signal }) => get<Restart>(address(`/api/machines/${encodeURIComponent(id)}`, { select: ['pendingRestart', 'pendingRestartReasons', 'pendingRestartDetails', 'pendingRestartSince'] }), signal),
  });
  if (error) return <TroubleLine what="Could not be read" error={error} again={() => void refetch()} />;
  if (!data) return null;
  if (data.pendingRestart === null) return <span className="quiet" title="No sensor told of it">Not known</span>;
  if (!data.pendingRestart) return 'No';
  return (
    <span title={data.pendingRestartDetails.join('\n') || undefined}>
      Yes{data.pendingRestartSince && <>, for <span title={time(data.pendingRestartSince)}>{ago(data.pendingRestartSince).replace(/ ago$/, '')}</span></>}: {data.pendingRestartReasons.map((one) => reasonWords[one] ?? one).join('; ')}
    </span>
  );
}
