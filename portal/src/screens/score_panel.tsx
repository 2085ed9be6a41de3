// What the exposure score is made of: the parts of products, CVEs, recommendations and devices, each of which sum to it
// (docs/exposure-score.md, E11).
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { DeviceExposure, ExposurePart } from '../api/kinds';
import { SmallList } from '../list/small';
import { Level, Tags } from '../ui/marks';
import { Panel } from '../ui/panel';
import { Tabs } from '../ui/tabs';
import { hundredths, number, productName, tenths } from '../ui/words';

const kinds: { key: string; title: string; source: string; head: string; show: (part: ExposurePart) => ReactNode }[] = [
  { key: 'software', title: 'Software', source: 'BySoftware', head: 'Software', show: ({ id, vendor, name }) => <Link to={`/software/${encodeURIComponent(id)}`}>{productName(vendor!, name!)}</Link> },
  { key: 'recommendations', title: 'Recommendations', source: 'ByRecommendation', head: 'Recommendation', show: ({ id, recommendationName }) => <Link to={`/recommendations?open=${encodeURIComponent(id)}`}>{recommendationName}</Link> },
  { key: 'cves', title: 'CVEs', source: 'ByVulnerability', head: 'CVE', show: ({ id, name }) => (id === 'EndOfSupport' ? <Link to="/software?tags=EOS+software&tags=EOS+versions">{name}</Link> : <Link to={`/weaknesses?open=${encodeURIComponent(id)}`} title={name}>{[id, name].filter(Boolean).join(' ')}</Link>) },
  { key: 'devices', title: 'Devices', source: 'ByMachine', head: 'Device', show: ({ id, computerDnsName }) => <Link to={`/devices/${encodeURIComponent(id)}`}>{computerDnsName}</Link> },
];

export function ScorePanel({ at, go, close }: { at: string; go: (kind: string) => void; close: () => void }) {
  const kind = kinds.find(({ key }) => key === at) ?? kinds[0]!;
  const { data } = useQuery({ queryKey: ['exposure'], queryFn: ({ signal }) => get<{ score: number }>('/api/exposureScore', signal) });
  return (
    <Panel id="score" title="What the exposure score is made of" under={data && <span>{tenths(data.score)} of 100 points</span>} close={close}>
      <Tabs label="By" at={kind.key} go={go} tabs={kinds.map(({ key, title }) => ({ key, title }))} small />
      <SmallList<ExposurePart> key={kind.key} source={`/api/exposureScore/${kind.source}`} rowKey={({ id }) => id} first={25} label={`Parts of the exposure score by ${kind.title.toLowerCase()}`} none="Nothing is exposed."
        columns={[
          { title: kind.head, show: kind.show },
          kind.key === 'devices' ? { title: 'Exposure', width: 96, show: (part) => <Level level={part.exposureLevel!} /> } : { title: 'Exposed devices', width: 120, numeric: true, show: (part) => number(part.exposedMachines!) },
          { title: 'Points', width: 84, numeric: true, show: ({ points }) => hundredths(points) },
        ]} />
      <p className="quiet">All points together are the score. What goes when something is done is its impact, which is less where other weaknesses stay on the same devices.</p>
    </Panel>
  );
}

// The same of one device.
export function DeviceScore({ path, score }: { path: string; score?: number }) {
  return (
    <section className="card wide"><h2>What its exposure is made of{score !== undefined && <span className="quiet">{tenths(score)} of 100 points</span>}</h2>
      <SmallList<DeviceExposure> source={`${path}/exposure`} rowKey={({ id }) => id} first={6} label="What its exposure is made of" none="Nothing exposes it."
        columns={[
          { title: 'Software', show: (part) => <Link to={`/software/${encodeURIComponent(part.softwareId)}`} title={`${productName(part.vendor, part.name)} ${part.version}`}>{productName(part.vendor, part.name)} {part.version}</Link> },
          { title: 'Weaknesses', width: 90, numeric: true, show: ({ weaknesses }) => number(weaknesses) },
          { title: 'Most by', width: 130, show: ({ worstVulnerability, endOfSupport }) => (worstVulnerability ? <Link to={`?tab=vulnerabilities&q=${worstVulnerability}`}>{worstVulnerability}</Link> : endOfSupport && 'End of support') },
          { title: 'Support', width: 100, show: ({ endOfSupport }) => endOfSupport && <Tags tags={['EOS Version']} /> },
          { title: 'Points', width: 62, numeric: true, show: ({ points }) => hundredths(points) },
        ]} />
    </section>
  );
}
