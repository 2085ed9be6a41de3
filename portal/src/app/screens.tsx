// The screens. A new one is a file in src/screens with a default export, and a line here; CONTRIBUTING.md has the recipe.
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { FluentIcon } from '@fluentui/react-icons';
import {
  AlertRegular, BoxMultipleRegular, BugRegular, ClipboardTaskListLtrRegular, CodeRegular, DataPieRegular, DesktopRegular, DocumentSearchRegular, HomeRegular, OptionsRegular, PulseRegular, SettingsRegular, TimelineRegular, WrenchRegular,
} from '@fluentui/react-icons';

export interface Screen {
  path: string;
  title: string;
  permission: string; // what the server asks for; the rail leaves out what it would refuse
  icon?: FluentIcon; // in the rail when it has one
  group?: string; // heading in the rail
  also?: string[]; // further words for the palette
  past?: string; // what it shows of a past day; nothing: no history is kept of it
  Component: LazyExoticComponent<ComponentType>;
}

const from = (load: () => Promise<{ default: ComponentType }>) => lazy(load);

export const screens: Screen[] = [
  { path: '/', title: 'Dashboard', permission: 'Score.Read.All', icon: HomeRegular, also: ['home', 'overview', 'exposure score'], past: 'The scores, the recommendations, the activities and the number of devices.', Component: from(() => import('../screens/dashboard')) },
  { path: '/recommendations', title: 'Recommendations', permission: 'SecurityRecommendation.Read.All', icon: ClipboardTaskListLtrRegular, also: ['security recommendations', 'end of support', 'eos'], past: 'Which recommendations there were, and what they counted; what is told of one when it is opened is of now.', Component: from(() => import('../screens/recommendations')) },
  { path: '/remediation', title: 'Remediation', permission: 'RemediationTasks.Read.All', icon: WrenchRegular, also: ['exceptions', 'activities', 'service targets', 'late'], past: 'Activities and exceptions as they stood; no history is kept of corrections and of what was late.', Component: from(() => import('../screens/remediation')) },
  { path: '/software', title: 'Software inventory', permission: 'Software.Read.All', icon: BoxMultipleRegular, also: ['products', 'inventories'], Component: from(() => import('../screens/software')) },
  { path: '/software/:id', title: 'Software', permission: 'Software.Read.All', Component: from(() => import('../screens/product')) },
  { path: '/weaknesses', title: 'Weaknesses', permission: 'Vulnerability.Read.All', icon: BugRegular, also: ['cve', 'vulnerabilities'], Component: from(() => import('../screens/weaknesses')) },
  { path: '/timeline', title: 'Event timeline', permission: 'Vulnerability.Read.All', icon: TimelineRegular, also: ['events', 'history'], past: 'The timeline goes back to its beginning whichever day is chosen.', Component: from(() => import('../screens/timeline')) },
  { path: '/devices', title: 'Devices', permission: 'Machine.Read.All', icon: DesktopRegular, also: ['machines', 'hosts'], past: 'Which devices there were, in which group, of which value and how exposed.', Component: from(() => import('../screens/devices')) },
  { path: '/devices/:id', title: 'Device', permission: 'Machine.Read.All', past: 'Its software, vulnerabilities and configuration; no history is kept of the rest.', Component: from(() => import('../screens/device')) },
  { path: '/alerts', title: 'Alerts', permission: 'Alert.Read.All', icon: AlertRegular, also: ['incidents', 'detections'], Component: from(() => import('../screens/alerts')) },
  { path: '/hunting', title: 'Advanced hunting', permission: 'AdvancedQuery.Read.All', icon: DocumentSearchRegular, also: ['kql', 'query', 'kusto', 'schema'], past: 'Queries are answered of that day; a table of which no history is kept says so.', Component: from(() => import('../screens/hunting')) },
  { path: '/configuration', title: 'Configuration', permission: 'Vulnerability.Read.All', icon: OptionsRegular, also: ['secure score', 'baselines', 'checks'], past: 'The score and its categories; no history is kept of how many devices fail each check.', Component: from(() => import('../screens/configuration')) },
  { path: '/configuration/baselines/:id', title: 'Baseline profile', permission: 'SecurityBaselinesAssessment.Read.All', Component: from(() => import('../screens/baseline')) },
  { path: '/reports', title: 'Reports', permission: 'Vulnerability.Read.All', icon: DataPieRegular, also: ['vulnerable devices', 'charts'], past: 'The charts, and what they open in hunting.', Component: from(() => import('../screens/reports')) },
  { path: '/feeds', title: 'Feeds and health', permission: 'Merlon.Feeds.Read', icon: PulseRegular, group: 'Server', also: ['knowledge', 'nvd', 'kev', 'epss'], Component: from(() => import('../screens/feeds')) },
  { path: '/api-reference', title: 'API reference', permission: '', icon: CodeRegular, group: 'Server', also: ['openapi', 'rest'], Component: from(() => import('../screens/api_reference')) },
  { path: '/settings', title: 'Settings', permission: '', icon: SettingsRegular, group: 'Server', also: ['users', 'tokens', 'applications', 'audit', 'roles'], Component: from(() => import('../screens/settings')) },
];
