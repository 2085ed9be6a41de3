// Why a finding is there: the steps of the match, in order, and what would clear it.
import { useState } from 'react';
import type { Evidence, Finding } from '../api/kinds';
import { plural } from './words';

const kinds: Record<string, string> = {
  fact: 'Seen on the device', identity: 'Taken to be', advisory: 'The advisory says', comparison: 'Compared', hotfix: 'Updates', clears: 'Would clear it', urgency: 'Urgency', correction: 'Correction', note: 'Note',
};

export function Steps({ evidence }: { evidence: Evidence[] }) {
  return (
    <ol className="steps">
      {evidence.map(({ kind, text }, i) => (
        <li key={i} className={`step step-${kind}`}><b>{kinds[kind] ?? kind}</b><span>{kind === 'identity' ? text.replace(/^taken to be /, '') : text}</span></li>
      ))}
    </ol>
  );
}

export const fixWords = ({ fixedVersion, fixingKb, fixState }: Finding): string =>
  fixingKb ? fixingKb : fixedVersion ? fixedVersion : fixState === 'fixed' ? 'Fixed' : fixState.replaceAll('_', ' ') || 'No fix';

export function Why({ finding, open = false }: { finding: Finding; open?: boolean }) {
  const [shown, show] = useState(open);
  return (
    <div className="why">
      <button className="link" aria-expanded={shown} onClick={() => show(!shown)}>Why?</button>
      {shown && <Steps evidence={finding.evidence} />}
    </div>
  );
}

export const sureness = (confidence: number) => (confidence >= 100 ? 'certain' : `${confidence}% sure`);
export const stepsWords = (evidence: Evidence[]) => plural(evidence.length, 'step');
