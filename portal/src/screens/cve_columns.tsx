// Columns of lists of CVEs.
import { Link } from 'react-router';
import type { Vulnerability } from '../api/kinds';
import type { Column } from '../list/kinds';
import type { SmallColumn } from '../list/small';
import { Severity, Threats } from '../ui/marks';

// Severity with its score beside it; a file has both.
type Rated = Pick<Vulnerability, 'severity' | 'cvssV3'>;
export const severityColumn: Omit<Column<Rated>, 'width'> = {
  key: 'severity', title: 'Severity', sort: 'cvssV3', most: true, text: (r) => r.severity, file: [{ text: (r) => r.severity }, { title: 'CVSS', text: (r) => r.cvssV3 }], show: (r) => <Severity level={r.severity} score={r.cvssV3} />,
};

// In a short list of a panel: of a recommendation, of a product.
export const cveColumns: SmallColumn<Vulnerability>[] = [
  { title: 'CVE', width: 140, show: (r) => <Link to={`/weaknesses?open=${r.id}`}>{r.id}</Link> },
  { title: 'What', show: (r) => <span title={r.name}>{r.name === r.id ? r.description : r.name}</span> },
  { title: 'Severity', width: 122, show: (r) => <Severity level={r.severity} score={r.cvssV3} /> },
  { title: 'Threats', width: 78, show: (r) => <Threats {...r} /> },
];
