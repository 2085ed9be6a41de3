// CVEs in a short list of a panel: of a recommendation, of a product.
import { Link } from 'react-router';
import type { Vulnerability } from '../api/kinds';
import type { SmallColumn } from '../list/small';
import { Severity, Threats } from '../ui/marks';

export const cveColumns: SmallColumn<Vulnerability>[] = [
  { title: 'CVE', width: 140, show: (r) => <Link to={`/weaknesses?open=${r.id}`}>{r.id}</Link> },
  { title: 'What', show: (r) => <span title={r.name}>{r.name === r.id ? r.description : r.name}</span> },
  { title: 'Severity', width: 122, show: (r) => <Severity level={r.severity} score={r.cvssV3} /> },
  { title: 'Threats', width: 78, show: (r) => <Threats {...r} /> },
];
