import { PlainDialog } from '../ui/dialog';

const keys: [string, string][] = [
  ['Ctrl K', 'Search everything'],
  ['/', 'Search in this list'],
  ['j   k', 'Next, previous row'],
  ['Enter', 'Open the row'],
  ['x', 'Tick the row, where rows can be ticked'],
  ['f', 'Filters'],
  ['r   e', 'Remediation, exception: of the row, or of the open panel'],
  ['h', 'Open the list in hunting'],
  ['u', 'Undo what was just done'],
  ['Esc', 'Close the panel; in the query editor, Tab leaves it after Esc'],
  ['?', 'This help'],
];

export function KeyHelp({ close }: { close: () => void }) {
  return (
    <PlainDialog title="Keyboard" close={close} className="key-help">
      <dl className="keys">
        {keys.map(([key, words]) => (
          <div key={key}><dt><kbd>{key}</kbd></dt><dd>{words}</dd></div>
        ))}
      </dl>
    </PlainDialog>
  );
}
