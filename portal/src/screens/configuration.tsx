// Configuration: the checks behind the secure score, and how the fleet does.
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Configuration, ConfigurationScore, MachineReference } from '../api/kinds';
import { any, contains, hasAny, oneOf } from '../api/odata';
import { kqlAny, kqlHas, kqlOneOf } from '../app/hunting';
import { useMyTabs } from '../app/refused';
import { useSession } from '../app/session';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { SmallList } from '../list/small';
import { useOpen } from '../ui/address';
import { Head } from '../ui/head';
import { Share } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { TroubleLine } from '../ui/states';
import { Tabs } from '../ui/tabs';
import { number, osWords, percent, platformWords, plural, points, tenths } from '../ui/words';
import { Baselines } from './baselines';
import { Outside } from './recommendation_panel';

export const categoryWords = (category: string) => (category === 'SecurityControls' ? 'Security controls' : category === 'OS' ? 'Operating system' : category);

const columns: Column<Configuration>[] = [
  { key: 'name', title: 'Check', sort: 'name', text: (r) => r.name },
  { key: 'category', title: 'Category', width: 156, sort: 'category', text: (r) => categoryWords(r.category) },
  { key: 'sub', title: 'Subcategory', width: 196, wide: true, sort: 'subcategory', text: (r) => r.subcategory },
  { key: 'os', title: 'OS platform', width: 110, text: (r) => r.platforms.map(platformWords).join(', ') },
  { key: 'weight', title: 'Weight', width: 84, numeric: true, sort: 'weight', text: (r) => r.weight, show: (r) => points(r.weight) },
  { key: 'failing', title: 'Failing devices', width: 146, sort: 'failingMachines', text: (r) => r.failingMachines, file: [{ text: (r) => r.failingMachines }, { title: 'Devices it applies to', text: (r) => r.applicableMachines }], show: (r) => (r.applicableMachines ? <Share part={r.failingMachines} whole={r.applicableMachines} /> : <span className="quiet">Applies to none</span>) },
  { key: 'id', title: 'Id', width: 110, optional: true, sort: 'id', text: (r) => r.id },
];
const states: Record<string, string> = { failing: 'failingMachines gt 0', passing: 'failingMachines eq 0 and applicableMachines gt 0', none: 'applicableMachines eq 0' };
const statesInKql: Record<string, string> = { failing: 'FailingDevices > 0', passing: '(FailingDevices == 0 and Devices > 0)', none: 'Devices == 0' };
const filters: Filter[] = [
  { key: 'state', title: 'State', kql: (values) => kqlAny(values, statesInKql), odata: (values) => any(...values.map((value) => states[value] ?? 'false')),
    options: [{ value: 'failing', label: 'Some device fails' }, { value: 'passing', label: 'Every device passes' }, { value: 'none', label: 'Applies to no device' }] },
  { key: 'category', title: 'Category', options: ['Application', 'OS', 'Network', 'Accounts', 'SecurityControls'].map((value) => ({ value, label: categoryWords(value) })), odata: (values) => oneOf('category', values), kql: (values) => kqlOneOf('ConfigurationCategory', values) },
  { key: 'platform', title: 'OS platform', options: [{ value: 'windows', label: 'Windows' }, { value: 'macos', label: 'macOS' }, { value: 'linux', label: 'Linux' }], odata: (values) => hasAny('platforms', values) },
];

const tabs = [{ key: 'checks', title: 'Checks', permission: '' }, { key: 'baselines', title: 'Baselines', permission: 'SecurityBaselinesAssessment.Read.All' }];

export default function Configurations() {
  const { may } = useSession();
  const { shown, at, go, refused } = useMyTabs(tabs);
  const scored = may('Score.Read.All');
  const score = useQuery({ queryKey: ['configuration-score'], enabled: scored, queryFn: ({ signal }) => get<ConfigurationScore>('/api/configurationScore', signal) });
  const categories = score.data?.parts?.filter((part) => part.category && !part.rbacGroupName && part.possible > 0) ?? []; // nothing of nothing is not 0 %
  return (
    <div className="page fills">
      <Head title="Configuration" text="Checks of how devices are set up. Passing them brings points of the secure score; each failing one is a recommendation as well."
        end={score.data && <div className="figure"><b>{score.data.possible ? tenths(score.data.score) : '\u2013'}</b><span>{score.data.possible ? `of ${number(Math.round(score.data.possible))} points, ${percent(score.data.score / score.data.possible)}` : 'nothing to score yet'}</span></div>} />
      {score.error ? <TroubleLine what="The secure score could not be read" error={score.error} again={() => void score.refetch()} /> : scored && (!score.data || categories.length > 0) && <div className="strip">
        {score.data ? categories.map((part) => (
          <div key={part.category} className="strip-part">
            <Link to={`/configuration?category=${part.category}`}>{categoryWords(part.category!)}</Link><b>{percent(part.score / part.possible)}</b>
            <span className="share-bar" aria-hidden><i style={{ width: `${(100 * part.score) / part.possible}%` }} /></span>
          </div>
        )) : Array.from({ length: 5 }, (_, i) => <div key={i} className="strip-part"><i className="bone-text" /></div>)}
      </div>}
      {(shown.length > 1 || refused) && <Tabs label="Configuration" at={at} go={go} tabs={shown} />}
      {refused ?? (at === 'baselines' ? <Baselines /> : <Checks />)}
    </div>
  );
}

function Checks() {
  const [openId, open] = useOpen();
  return (
    <>
      <List<Configuration> name="configurations" source="/api/configurations" columns={columns} filters={filters} order="failingMachines desc, weight desc"
        search={{ hint: 'Search check', odata: (text) => any(contains('name', text), contains('subcategory', text)) }}
        rowKey={(r) => r.id} rowName={(r) => r.name} open={(r) => open(r.id)} openKey={openId}
        hunting={({ q, where }) => `DeviceTvmSecureConfigurationAssessmentKB\n| join kind=leftouter (DeviceTvmSecureConfigurationAssessment | where IsApplicable | summarize Devices = dcount(DeviceId), FailingDevices = dcountif(DeviceId, not(IsCompliant)) by ConfigurationId) on ConfigurationId\n| extend Devices = coalesce(Devices, 0), FailingDevices = coalesce(FailingDevices, 0)${where}${kqlHas(q, 'ConfigurationName', 'ConfigurationSubcategory')}\n| project ConfigurationId, ConfigurationName, ConfigurationCategory, FailingDevices, Devices\n| order by FailingDevices desc`}
        empty={{ title: 'Nothing was checked yet', text: <>The checks come with the program and are made when devices report their settings: <code>merlon collect --import</code> does, and so does osquery.</> }} />
      {openId && <CheckPanel id={openId} close={() => open()} />}
    </>
  );
}

function CheckPanel({ id, close }: { id: string; close: () => void }) {
  const advised = useSession().may('SecurityRecommendation.Read.All'); // its devices are told with it
  const asked = useQuery({ queryKey: ['configuration', id], queryFn: ({ signal }) => get<Configuration>(`/api/configurations/${encodeURIComponent(id)}`, signal) });
  const one = asked.data;
  return (
    <Panel id={id} close={close} asked={asked} title={one?.name ?? id} under={one && <span className="quiet">{categoryWords(one.category)} / {one.subcategory} / {one.id}</span>}
      page={one && advised && one.failingMachines > 0 ? { to: `/recommendations?open=sca-_-${encodeURIComponent(id)}`, words: 'Open the recommendation' } : undefined}>
      {one && (
        <>
          {one.description !== `${one.name}.` && <Section title="Description"><p className="text">{one.description}</p></Section>}
          {one.risk && <Section title="Why it matters"><p className="text">{one.risk}</p></Section>}
          <Section title="How to fix it"><p className="text pre">{one.remediation}</p></Section>
          <Section title="Details">
            <Facts facts={[
              ['Failing devices', `${number(one.failingMachines)} of ${number(one.applicableMachines)}`], ['Weight', points(one.weight)],
              ['OS platform', one.platforms.map(platformWords).join(', ')], ['User impact', one.userImpact ? 'People may notice the change' : 'Hardly noticed'],
              ['MITRE ATT&CK', one.mitreTechniques.join(', ')],
            ]} />
          </Section>
          {one.failingMachines > 0 && advised && (
            <Section title="Failing devices" end={plural(one.failingMachines, 'device')}>
              <SmallList<MachineReference> source={`/api/recommendations/sca-_-${encodeURIComponent(id)}/machineReferences`} rowKey={(r) => r.id} label="Failing devices" none="No device."
                columns={[
                  { title: 'Device', show: (r) => <Link to={`/devices/${r.id}?tab=configuration&q=${encodeURIComponent(one.name)}`}>{r.computerDnsName}</Link> },
                  { title: 'OS platform', width: 150, show: (r) => osWords(r.osPlatform) },
                ]} />
            </Section>
          )}
          {one.sources.length > 0 && <Section title="Sources"><ul>{one.sources.map((source) => <li key={source}><Outside address={source} /></li>)}</ul></Section>}
        </>
      )}
    </Panel>
  );
}
