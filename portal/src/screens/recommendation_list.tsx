// The list of recommendations: of the whole fleet, of a product, of a device.
import { useMemo, useState, type ReactNode } from 'react';
import { ArrowDownRegular, ArrowUpRegular } from '@fluentui/react-icons';
import type { MachineRecommendation, Recommendation } from '../api/kinds';
import { all, any, contains, hasAny, oneOf } from '../api/odata';
import { kqlAmong, kqlAny, kqlHas, kqlOneOf, kqlText } from '../app/hunting';
import type { Asked, Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { isNarrow } from '../list/state';
import { useOpen } from '../ui/address';
import { ExposedSpark } from '../ui/charts';
import { Share, Tags, tagWord, Threats, threatWords } from '../ui/marks';
import { number, points, productName, remediationTypes, remediationWords } from '../ui/words';
import { RecommendationPanel, type Form } from './recommendation_panel';
import { WhatIfTray } from './what_if_tray';

// Of a past day: days that an older server wrote down have numbers without names.
export const named = 'recommendationName ne null';

export function Impact({ row }: { row: Pick<Recommendation, 'exposureImpact' | 'configScoreImpact'> }) {
  return row.configScoreImpact > 0 ? (
    <span className="impact" title="Points of the secure score that doing it everywhere would bring"><ArrowUpRegular aria-label="secure score up" />{points(row.configScoreImpact)}</span>
  ) : (
    <span className="impact" title="Points of the exposure score that doing it everywhere would take away"><ArrowDownRegular aria-label="exposure score down" />{points(row.exposureImpact)}</span>
  );
}

// Where exceptions cover all of it, nothing is left to gain.
const afterExceptions = (r: Recommendation) => ({ exposureImpact: r.exposureImpactAfterExceptions, configScoreImpact: r.configScoreImpactAfterExceptions });
const impact = ({ exposureImpact, configScoreImpact }: Pick<Recommendation, 'exposureImpact' | 'configScoreImpact'>) => (configScoreImpact > 0 ? configScoreImpact : -exposureImpact);

// How many of the tags there is room for.
const room = (tags: string[]) => (isNarrow() || tags.slice(0, 2).map(tagWord).join('').length > 30 ? 1 : 2);

const columns: Column<Recommendation>[] = [
  { key: 'name', title: 'Security recommendation', sort: 'recommendationName', text: (r) => r.recommendationName },
  { key: 'os', title: 'OS platform', width: 130, optional: true, text: (r) => r.osPlatforms.join(', ') },
  { key: 'weaknesses', title: 'Weaknesses', width: 104, numeric: true, sort: 'weaknesses', text: (r) => r.weaknesses, show: (r) => (r.weaknesses ? number(r.weaknesses) : <span className="quiet">&ndash;</span>) },
  { key: 'component', title: 'Related component', width: 176, optional: true, sort: 'relatedComponent', text: (r) => r.relatedComponent, show: (r) => (r.productName ? productName(r.vendor, r.productName) : r.relatedComponent) },
  { key: 'threats', title: 'Threats', width: 84, text: (r) => threatWords(r).join('; '), show: (r) => <Threats {...r} /> },
  { key: 'exposed', title: 'Exposed devices', width: 138, numeric: false, sort: 'exposedMachinesCount', text: (r) => r.exposedMachinesCount, file: [{ text: (r) => r.exposedMachinesCount }, { title: 'Total devices', text: (r) => r.totalMachineCount }], show: (r) => <Share part={r.exposedMachinesCount} whole={r.totalMachineCount} /> },
  { key: 'trend', title: '30 days', width: 72, wide: true, sort: 'exposedMachinesTrend', text: (r) => r.exposedMachinesTrend, show: (r) => <ExposedSpark days={r.exposedMachinesByDay} /> },
  { key: 'critical', title: 'Critical devices', width: 124, numeric: true, optional: true, sort: 'exposedCriticalDevices', text: (r) => r.exposedCriticalDevices },
  { key: 'after', title: 'Exposed devices after exceptions', width: 230, numeric: true, optional: true, sort: 'exposedMachinesAfterExceptions', text: (r) => r.exposedMachinesAfterExceptions },
  { key: 'status', title: 'Status', width: 120, optional: true, sort: 'exceptionState', text: (r) => r.exceptionState },
  { key: 'version', title: 'Go to version', width: 140, optional: true, sort: 'recommendedVersion', text: (r) => r.recommendedVersion },
  { key: 'type', title: 'Remediation type', width: 150, wide: true, sort: 'remediationType', text: (r) => remediationWords(r.remediationType) },
  { key: 'activities', title: 'Remediation activities', width: 170, numeric: true, optional: true, sort: 'remediationActivities', text: (r) => r.remediationActivities },
  { key: 'impact', title: 'Impact', width: 84, numeric: true, sort: 'exposureImpact, configScoreImpact', text: (r) => impact(r), show: (r) => <Impact row={r} /> },
  { key: 'impactAfter', title: 'Impact after exceptions', width: 176, numeric: true, optional: true, sort: 'exposureImpactAfterExceptions, configScoreImpactAfterExceptions', text: (r) => impact(afterExceptions(r)), show: (r) => <Impact row={afterExceptions(r)} /> },
  { key: 'tags', title: 'Tags', width: 252, slim: 196, text: (r) => r.tags.join('; '), show: (r) => <Tags tags={r.tags} most={room(r.tags)} /> },
];

// Of a device: the same columns, with the numbers of the fleet. What changed in 30 days is not told there.
export const ofFleet = (r: MachineRecommendation): Recommendation => ({
  ...r, exposedMachinesCount: r.fleetExposedMachinesCount, exposedMachinesAfterExceptions: r.fleetExposedMachinesAfterExceptions, totalMachineCount: r.fleetTotalMachineCount,
  exposedCriticalDevices: r.fleetExposedCriticalDevices, exposureImpact: r.fleetExposureImpact, exposureImpactAfterExceptions: r.fleetExposureImpactAfterExceptions,
});
const counted = /^(exposed|exposure)/;
const onDevice = ['installedVersions', 'machineRecommendedVersion', 'machineRecommendedVersionReason', 'machineWeaknesses'];
// What its columns say of the device itself: what is there, and what to bring it to.
const ofDevice: Record<string, Partial<Column<MachineRecommendation>>> = {
  weaknesses: { sort: 'machineWeaknesses', text: (r) => r.machineWeaknesses, show: (r) => (r.machineWeaknesses ? number(r.machineWeaknesses) : <span className="quiet">&ndash;</span>) },
  version: { optional: false, slim: 122, sort: 'machineRecommendedVersion', text: (r) => r.machineRecommendedVersion, show: (r) => <span title={r.machineRecommendedVersionReason ?? ''}>{r.machineRecommendedVersion}</span> },
  exposed: { optional: true }, type: { optional: true },
};
const installed: Column<Recommendation> = {
  key: 'installed', title: 'Installed version', width: 140, slim: 132,
  text: (r) => (r as MachineRecommendation).installedVersions?.join('; '),
  show: (r) => { const versions = (r as MachineRecommendation).installedVersions ?? []; return <span title={versions.join('\n')}>{versions[0]}{versions.length > 1 ? ` +${versions.length - 1}` : ''}</span>; },
};
const deviceColumns: Column<Recommendation>[] = columns.filter(({ key }) => key !== 'trend').flatMap(({ sort, text, file, show, ...column }) => {
  const made = {
    ...column, sort: sort && counted.test(sort) ? `fleet${sort[0]!.toUpperCase()}${sort.slice(1)}` : sort,
    text: (r: Recommendation) => text(ofFleet(r as MachineRecommendation)), show: show && ((r: Recommendation) => show(ofFleet(r as MachineRecommendation))),
    file: file?.map((one) => ({ ...one, text: (r: Recommendation) => one.text(ofFleet(r as MachineRecommendation)) })),
    ...(ofDevice[column.key] as Partial<Column<Recommendation>>),
  };
  return column.key === 'version' ? [installed, made] : [made];
});

const plain = (values: string[]) => values.map((value) => ({ value, label: value }));
const threats: Record<string, string> = {
  exploit: 'publicExploit eq true', alert: 'activeAlert eq true', kev: hasAny('tags', ['Known exploited']),
  kit: "associatedThreats/any(t: startswith(t,'metasploit:'))", ransomware: "associatedThreats/any(t: startswith(t,'ransomware:'))",
};
const exceptionStates: Record<string, string> = { Active: 'Active', Exception: 'Full exception', Partial: 'Partial exception' };
const stateOf = (value: string) => exceptionStates[value] ?? value;
// Those whose software has a weakness of some kind.
const through = (kind: string) => `RecommendationId in ((MerlonVulnerabilities | where ExposedDevices > 0 and ${kind} | mv-expand Product = RelatedSoftware to typeof(string) | project strcat("va-_-", Product)))`;
const threatsInKql: Record<string, string> = { exploit: 'IsExploitAvailable', alert: 'HasActiveAlert', kev: kqlAmong('Tags', ['Known exploited']), kit: through('IsExploitInKit'), ransomware: through('IsUsedByRansomware') };
// Names have underscores where people write spaces; "google chrome" is maker and product.
const software = (text: string) =>
  all("productName ne ''", ...text.trim().split(/\s+/).map((word) => any(contains('vendor', word), contains('productName', word))));
const filters: Filter[] = [
  { key: 'tags', title: 'Tags', odata: (values) => hasAny('tags', values), kql: (values) => kqlAmong('Tags', values),
    options: [...plain(['EOS software', 'EOS versions', 'Upcoming EOS versions', 'Zero day', 'New security update for zero day', 'No security update', 'Known exploited', 'Pending restart']), { value: 'internetFacing', label: 'Internet facing' }] },
  { key: 'type', title: 'Remediation type', options: remediationTypes.filter(({ value }) => value !== 'FirmwareUpdate'), odata: (values) => oneOf('remediationType', values), kql: (values) => kqlOneOf('RemediationType', values) },
  { key: 'status', title: 'Status', odata: (values) => oneOf('exceptionState', values.map(stateOf)), kql: (values) => kqlOneOf('ExceptionState', values.map(stateOf)),
    options: [{ value: 'Active', label: 'Active' }, { value: 'Exception', label: 'Full exception' }, { value: 'Partial', label: 'Partial exception' }] },
  { key: 'software', title: 'Related software', written: 'text', hint: 'Maker or product', options: [], odata: ([text]) => software(text!),
    kql: ([text]) => ['isnotempty(SoftwareName)', ...text!.trim().split(/\s+/).map((word) => `(SoftwareVendor contains ${kqlText(word)} or SoftwareName contains ${kqlText(word)})`)].join(' and ') },
  { key: 'threats', title: 'Threats', odata: (values) => any(...values.map((value) => threats[value] ?? 'false')), kql: (values) => kqlAny(values, threatsInKql),
    options: [{ value: 'kev', label: 'Known to be exploited' }, { value: 'exploit', label: 'Public exploit' }, { value: 'kit', label: 'Exploit in a kit' }, { value: 'ransomware', label: 'Used by ransomware' }, { value: 'alert', label: 'Active alert' }] },
  { key: 'critical', title: 'Critical devices', single: true, options: [{ value: 'yes', label: 'On a device of high value' }], odata: () => 'exposedCriticalDevices gt 0', kql: () => 'CriticalDevices > 0' },
  { key: 'category', title: 'Category', options: [...plain(['Application', 'OS', 'Network', 'Accounts']), { value: 'SecurityControls', label: 'Security controls' }], odata: (values) => oneOf('recommendationCategory', values), kql: (values) => kqlOneOf('Category', values) },
  { key: 'platform', title: 'OS platform', options: plain(['Windows', 'macOS', 'Linux']), odata: (values) => hasAny('osPlatforms', values), kql: (values) => kqlAmong('OSPlatforms', values) },
];

// `device`: of this one; `about`: the condition of a list that is not of the whole fleet.
function asQuery({ q, where }: Asked, about: string, device?: string): string {
  const of = device
    ? `MerlonRecommendationDevices\n| where DeviceId == ${kqlText(device)}\n| join kind=inner MerlonRecommendations on RecommendationId\n| extend ExceptionState = iff(IsExempt, "Full exception", "Active")`
    : 'MerlonRecommendations';
  return `${of}${about}${where}${kqlHas(q, 'Title', 'RelatedComponent')}\n| project Priority, RecommendationId, Title, RemediationType, ExposedDevices, TotalDevices, Weaknesses, ExposureImpact, SecureScoreImpact, Tags, ExceptionState\n| order by Priority asc`;
}

const byDay = ['exposedMachinesByDay'];

// `about`, `device`: of what it is, in KQL.
export function RecommendationList({ name, source, fixed, about = '', device, empty, whatIf = false }: {
  name: string; source: string; fixed?: string; about?: string; device?: string; empty: { title: string; text: ReactNode }; whatIf?: boolean;
}) {
  const [openId, open] = useOpen();
  const [ticked, setTicked] = useState<ReadonlyMap<string, string>>(new Map());
  const tick = (id: string, words: string) =>
    setTicked((before) => {
      const next = new Map(before);
      if (!next.delete(id)) next.set(id, words);
      return next;
    });
  const [form, setForm] = useState<{ form: Form }>(); // a new one each time it is asked for
  const openWith = (id: string, wanted?: Form) => {
    setForm(wanted && { form: wanted });
    open(id);
  };
  const ids = useMemo(() => new Set(ticked.keys()), [ticked]);
  return (
    <>
      <List<Recommendation>
        name={name} source={source} also={device ? onDevice : byDay} columns={device ? deviceColumns : columns} filters={filters} fixed={fixed}
        search={{ hint: 'Search recommendations', odata: (text) => any(contains('recommendationName', text), contains('relatedComponent', text)) }}
        rowKey={(r) => r.id} rowName={(r) => r.recommendationName} open={(r) => openWith(r.id)} openKey={openId} keys={{ r: (row) => openWith(row.id, 'remediation'), e: (row) => openWith(row.id, 'exception') }}
        ticks={whatIf ? { ticked: ids, tick: (r) => tick(r.id, r.recommendationName) } : undefined}
        hunting={(asked) => asQuery(asked, about, device)} empty={empty}
      />
      {whatIf && ticked.size > 0 && <WhatIfTray ids={[...ids]} clear={() => setTicked(new Map())} />}
      {openId && <RecommendationPanel key={openId} id={openId} device={device} first={form} close={() => open()} ticked={ids.has(openId)} tick={whatIf ? () => tick(openId, openId) : undefined} />}
    </>
  );
}
