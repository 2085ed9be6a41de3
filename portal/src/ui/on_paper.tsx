// The screen on paper, or as one file of HTML.
import { Button } from '@fluentui/react-components';
import { DocumentArrowDownRegular, PrintRegular } from '@fluentui/react-icons';
import { saveReport } from '../app/report';

export const OnPaper = ({ name }: { name: string }) => (
  <>
    <Button icon={<PrintRegular />} onClick={() => window.print()}>Print</Button>
    <Button icon={<DocumentArrowDownRegular />} onClick={() => saveReport(name)}>Save as file</Button>
  </>
);
