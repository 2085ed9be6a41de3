// Weaknesses: the CVEs of the fleet, or of all that is known.
import { useSearchParams } from 'react-router';
import { Switch } from '@fluentui/react-components';
import { Head } from '../ui/head';
import { VulnerabilityList } from './vulnerability_list';

export default function Weaknesses() {
  const [params, setParams] = useSearchParams();
  const everything = params.has('all');
  // Under a full exception a weakness exposes nobody; who asks for these means those that would.
  const excepted = params.getAll('exception').includes('UnderException');
  const flip = (on: boolean) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (on) next.set('all', '1');
      else next.delete('all');
      return next;
    });
  return (
    <div className="page fills">
      <Head title="Weaknesses" text="Known vulnerabilities of what is installed. Each says which software has it, and why we think so." />
      <VulnerabilityList name="weaknesses" source="/api/vulnerabilities" about={everything ? '' : `\n| where ${excepted ? 'ExposedDevicesBeforeExceptions' : 'ExposedDevices'} > 0`} order="exposedMachines desc, cvssV3 desc" fixed={everything ? undefined : excepted ? 'exposedMachinesBeforeExceptions gt 0' : 'exposedMachines gt 0'}
        actions={<Switch label="Also those that no device has" checked={everything} onChange={(_, { checked }) => flip(checked)} />}
        empty={{ title: 'No weakness found', text: <>Either all is well, or the knowledge is missing: <code>merlon feeds update</code> fetches it.</> }} />
    </div>
  );
}
