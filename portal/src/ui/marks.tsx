// The small signs of the field: severity, tags, threats, exposure level. Colour never stands alone; there is always a word.
import { Badge, Tooltip } from '@fluentui/react-components';
import { BugFilled, ShieldErrorFilled, TargetArrowFilled } from '@fluentui/react-icons';
import { hundredths, percent } from './words';

export function Severity({ level, score }: { level: string; score?: number | null }) {
  const word = level || 'Unknown';
  return (
    <span className={`severity severity-${word.toLowerCase()}`}>
      <i aria-hidden /> {word}{score !== undefined && score !== null && <b>{score.toFixed(1)}</b>}
    </span>
  );
}

const tagColours: Record<string, 'danger' | 'warning' | 'severe' | 'important' | 'informative' | 'brand'> = {
  'EOS software': 'danger', 'EOS versions': 'severe', 'Upcoming EOS versions': 'warning', 'Upcoming EOS software': 'warning',
  'EOS Software': 'danger', 'EOS Version': 'severe', 'Upcoming EOS Version': 'warning', 'Upcoming EOS Software': 'warning',
  'New security update for zero day': 'brand', 'Zero day': 'danger', ZeroDay: 'danger', NoSecurityUpdate: 'warning', 'No security update': 'warning', SomeUpdatesAvailable: 'important', 'Pending restart': 'brand', KnownExploited: 'danger', 'Known exploited': 'danger',
};
const tagWords: Record<string, string> = {
  KnownExploited: 'Known exploited', ZeroDay: 'Zero day', NoSecurityUpdate: 'No security update', SomeUpdatesAvailable: 'Some updates available', internetFacing: 'Internet facing', 'EOS Software': 'EOS software', 'EOS Version': 'EOS version', 'Upcoming EOS Version': 'Upcoming EOS version', 'Upcoming EOS Software': 'Upcoming EOS software',
};

export const tagWord = (tag: string) => tagWords[tag] ?? tag;

// At most `most` of them, and how many more there are.
export function Tags({ tags, most = 99 }: { tags: string[]; most?: number }) {
  const rest = tags.slice(most).map(tagWord);
  return (
    <span className="tags">
      {tags.slice(0, most).map((tag) => <Badge key={tag} appearance="tint" shape="rounded" color={tagColours[tag] ?? 'informative'}>{tagWord(tag)}</Badge>)}
      {rest.length > 0 && <span className="quiet" title={rest.join(', ')}>+{rest.length}</span>}
    </span>
  );
}

export interface ThreatFacts { activeAlert?: boolean; publicExploit?: boolean; exploitVerified?: boolean; exploitInKit?: boolean; knownExploited?: boolean; tags?: string[]; epss?: number | null; associatedThreats?: string[] }

// Findings have a field of it; CVEs, recommendations and software a tag.
const isKnown = ({ knownExploited, tags }: ThreatFacts) => knownExploited || tags?.some((tag) => tagWord(tag) === 'Known exploited');
const inKit = (facts: ThreatFacts) => facts.exploitInKit || facts.associatedThreats?.some((one) => !one.startsWith('ransomware:'));

export function threatWords(facts: ThreatFacts): string[] {
  return [
    isKnown(facts) && 'Known to be exploited',
    facts.associatedThreats?.some((one) => one.startsWith('ransomware:')) && 'Used by ransomware',
    inKit(facts) && 'Exploit in a kit',
    facts.exploitVerified && 'Verified exploit',
    facts.publicExploit && !facts.exploitVerified && 'Public exploit',
    facts.activeAlert && 'Active alert',
    (facts.epss ?? 0) > 0.9 && `Very likely to be exploited (EPSS ${percent(facts.epss!)})`,
  ].filter((word): word is string => !!word);
}

export function Threats(facts: ThreatFacts) {
  const words = threatWords(facts);
  if (!words.length) return <span className="quiet" aria-label="No known threat">&ndash;</span>;
  const exploit = facts.publicExploit || facts.exploitVerified || inKit(facts);
  return (
    <Tooltip content={words.join('; ')} relationship="label">
      <span className="threats" role="img" tabIndex={-1}>
        {isKnown(facts) && <ShieldErrorFilled className="threat-known" />}
        {exploit && <BugFilled className="threat-exploit" />}
        {facts.activeAlert && <TargetArrowFilled className="threat-alert" />}
      </span>
    </Tooltip>
  );
}

export function Level({ level }: { level: string }) {
  return <span className={`level level-${level.toLowerCase()}`}><i aria-hidden /> {level}</span>;
}

// The share of a whole, with its figures.
export function Share({ part, whole, bad = true }: { part: number; whole: number; bad?: boolean }) {
  const width = whole > 0 ? (100 * part) / whole : 0;
  return (
    <span className="share">
      <span className="share-figures">{part.toLocaleString()} <span className="quiet">/ {whole.toLocaleString()}</span></span>
      <span className={bad ? 'share-bar bad' : 'share-bar'} aria-hidden><i style={{ width: `${width}%` }} /></span>
    </span>
  );
}

export const epssWords = (epss: number | null | undefined) => (epss === null || epss === undefined ? '' : epss < 0.001 ? '0' : hundredths(epss));

// Days used in the last 30, of one device or the median over those that have it.
export function Usage({ days, of = 'fleet' }: { days: number | null; of?: 'fleet' | 'device' }) {
  if (days === null) return <span className="quiet" title="Not available: no sensor tells how much it is used">&ndash;</span>;
  return <span title={of === 'device' ? 'Days used in the last 30' : 'Days used in the last 30, the median over devices'}>{days} {days === 1 ? 'day' : 'days'}</span>;
}
