// The frame around every screen: top bar, rail, and the screen itself.
import { Component, Suspense, useEffect, useLayoutEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { Link, Navigate, NavLink, Route, Routes, useLocation } from 'react-router';
import {
  Button, Menu, MenuButton, MenuDivider, MenuItem, MenuItemRadio, MenuList, MenuPopover, MenuTrigger, Tooltip,
} from '@fluentui/react-components';
import { DarkThemeRegular, NavigationRegular, PersonRegular, QuestionCircleRegular, SearchRegular } from '@fluentui/react-icons';
import { send } from '../api/client';
import { useWholeTexts } from '../ui/cut';
import { modalOpen } from '../ui/focus';
import { Mark } from '../ui/mark';
import { Explain, TroubleLine } from '../ui/states';
import { useToasts } from '../ui/toast';
import { claiming, Door } from './door';
import { typing, useKeys } from './keyboard';
import { KeyHelp } from './keys';
import { useLiveData } from './live';
import { Palette } from './palette';
import { Refused } from './refused';
import { useAddress } from './scope';
import { ScopePicker } from './scope_picker';
import { screens, type Screen } from './screens';
import { useSession } from './session';
import { matching, type ThemeChoice, type useTheme } from './theme';
import { TimePicker, PastBanner } from './time_picker';
import { useUnread } from './unread';

// Where there is little room the menu is narrow until it is asked for; elsewhere as this browser remembers it.
const small = matching('(max-width: 1100px)');
type Theming = ReturnType<typeof useTheme>;

export function Shell({ theme }: { theme: Theming }) {
  const session = useSession();
  const lost = useLiveData();
  const hasPast = screens.some(({ past, permission }) => past && session.may(permission));
  useAddress();
  useWholeTexts();
  const { undo } = useToasts();
  useKeys({ u: undo });
  const [palette, openPalette] = useState(false);
  const [keys, openKeys] = useState(false);
  const little = useSyncExternalStore(small.subscribe, small.now);
  const [wanted, setWanted] = useState(() => localStorage.getItem('merlon.rail') === 'narrow');
  const [opened, setOpened] = useState(false);
  const narrow = little ? !opened : wanted;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k' && !event.defaultPrevented) {
        event.preventDefault();
        if (!modalOpen()) openPalette(true); // a form that is being filled in would go with the screen
      } else if (event.key === '?' && !typing(event) && !modalOpen()) {
        openKeys(true);
      }
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
  if (claiming && session.unclaimed) return <Door why={{ status: 401, message: '' } as never} />;
  const flip = () => {
    if (little) return setOpened(!opened);
    localStorage.setItem('merlon.rail', narrow ? 'wide' : 'narrow');
    setWanted(!narrow);
  };
  return (
    <div className={narrow ? 'shell narrow' : 'shell'}>
      <a className="skip" href="#screen">Skip to the screen</a>
      <header className="top">
        <Tooltip content={narrow ? 'Widen the menu' : 'Narrow the menu'} relationship="label">
          <Button appearance="transparent" className="top-button" icon={<NavigationRegular />} onClick={flip} />
        </Tooltip>
        <Link to="/" className="brand"><Mark /><span>Merlon</span></Link>
        <button className="top-search" onClick={() => openPalette(true)}>
          <SearchRegular aria-hidden /> <span>Search devices, software, CVEs, screens</span> <kbd>Ctrl K</kbd>
        </button>
        <div className="top-end">
          {hasPast && <TimePicker />}
          <ScopePicker />
          <ThemeMenu {...theme} />
          <Tooltip content="Keyboard (?)" relationship="label">
            <Button appearance="transparent" className="top-button" icon={<QuestionCircleRegular />} onClick={() => openKeys(true)} />
          </Tooltip>
          <UserMenu />
        </div>
      </header>
      <Rail narrow={narrow} />
      <main className="screen" id="screen" tabIndex={-1}>
        {lost !== undefined ? <Lost since={lost} /> : <StaleNote />}
        {session.unclaimed && <Unclaimed />}
        <Content />
      </main>
      {palette && <Palette close={() => openPalette(false)} />}
      {keys && <KeyHelp close={() => openKeys(false)} />}
    </div>
  );
}

function Rail({ narrow }: { narrow: boolean }) {
  const { may } = useSession();
  const shown = screens.filter((screen) => screen.icon && may(screen.permission));
  let group: string | undefined;
  return (
    <nav className="rail" aria-label="Screens">
      <ul>
        {shown.map((screen) => {
          const heading = screen.group !== group && screen.group ? screen.group : undefined;
          group = screen.group;
          return <RailItem key={screen.path} screen={screen} heading={heading} narrow={narrow} />;
        })}
      </ul>
    </nav>
  );
}

function RailItem({ screen, heading, narrow }: { screen: Screen; heading?: string; narrow: boolean }) {
  const Icon = screen.icon!;
  const link = (
    <NavLink to={screen.path} end={screen.path === '/'} aria-label={narrow ? screen.title : undefined}>
      <Icon aria-hidden /> <span className="rail-word">{screen.title}</span>
    </NavLink>
  );
  return (
    <>
      {heading && <li className="rail-group">{heading}</li>}
      <li>{narrow ? <Tooltip content={screen.title} relationship="description" positioning="after">{link}</Tooltip> : link}</li>
    </>
  );
}

function Content() {
  const { may } = useSession();
  const { pathname } = useLocation();
  // What had the focus went with the screen before: Tab goes on in this one, not at the top of the page.
  useEffect(() => {
    const later = setTimeout(() => {
      if (document.activeElement === document.body && !modalOpen()) document.getElementById('screen')?.focus({ preventScroll: true });
    }, 100);
    return () => clearTimeout(later);
  }, [pathname]);
  return (
    <Broken key={pathname}>
      <Suspense fallback={<div className="screen-waiting" />}>
        <Routes>
          {screens.map(({ path, title, permission, past, Component }) => (
            <Route key={path} path={path} element={<Titled title={title}>{may(permission) ? <><PastBanner shows={past} /><Component /></> : <NotForRole title={title} permission={permission} at={path} />}</Titled>} />
          ))}
          <Route path="*" element={<Explain alone title="There is no such screen" text="The address may be mistyped, or from another version." action={<Link to="/">To the dashboard</Link>} />} />
        </Routes>
      </Suspense>
    </Broken>
  );
}

function Titled({ title, children }: { title: string; children: ReactNode }) {
  useLayoutEffect(() => { // before the head of the screen, which may know a better one
    document.title = `${title} - Merlon`;
  }, [title]);
  return children;
}

// Who comes in and may not read the first screen comes to the first that they may.
function NotForRole({ title, permission, at }: { title: string; permission: string; at: string }) {
  const { may } = useSession();
  const other = screens.find((screen) => screen.icon && may(screen.permission));
  if (at === '/' && other) return <Navigate to={other.path} replace />;
  return <Refused alone what={title} permission={permission} action={other && <Link to={other.path}>To {other.title}</Link>} />;
}

// A fault of a screen stays in that screen, and says what it was.
class Broken extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};
  static getDerivedStateFromError(error: Error) {
    return { error };
  }
  override render() {
    if (!this.state.error) return this.props.children;
    if (/dynamically imported module|module script/i.test(this.state.error.message)) return <NotFetched />;
    return <Explain alone title="This screen broke" text={this.state.error.message} action={<Button onClick={() => location.reload()}>Load it again</Button>} />;
  }
}

// A part that this page has not fetched yet: the server is away, or has been updated and no longer has it.
const reloaded = 'merlon.reloaded';
function NotFetched() {
  const [answers, setAnswers] = useState<boolean>();
  useEffect(() => {
    void fetch('/health/live', { cache: 'no-store' }).then(({ ok }) => ok, () => false).then((there) => {
      // The page of the new version has the part. Loaded once: what is not there then will not be there the next time.
      if (!there || Number(sessionStorage.getItem(reloaded)) > Date.now() - 60_000) return setAnswers(there);
      sessionStorage.setItem(reloaded, String(Date.now()));
      location.reload();
    });
  }, []);
  if (answers === undefined) return <div className="screen-waiting" />;
  const again = <Button onClick={() => location.reload()}>Load it again</Button>;
  if (!answers) return <Explain alone title="The server does not answer" text="This screen could not be fetched. Is the server running, and is the network up?" action={again} />;
  return <Explain alone title="This screen could not be fetched" text="The server answers, and does not have this part of the page: it may be in the middle of an update, or something on the way holds it back." action={again} />;
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

const Lost = ({ since }: { since: number }) => (
  <div className="unclaimed lost" role="status">
    The server has not answered since {clock.format(since)}. What you see is from before; it is read again by itself when the server is back.
  </div>
);

function StaleNote() {
  const { unread, again } = useUnread();
  return unread ? <div className="unclaimed"><TroubleLine what={`What you see is in part from before ${clock.format(unread.since)}: it could not be read again`} error={unread.error} again={again} /></div> : null;
}

function Unclaimed() {
  return (
    <div className="unclaimed" role="note">
      This server has no user yet, so everybody on this machine may do everything. To change that, open the one-time link
      that <code>merlon serve</code> printed, or run <code>merlon users add NAME --role Administrator</code>.
    </div>
  );
}

const themeNames: Record<ThemeChoice, string> = { system: 'As the system', light: 'Light', dark: 'Dark', contrast: 'High contrast' };

function ThemeMenu({ choice, choose }: Theming) {
  return (
    <Menu checkedValues={{ theme: [choice] }} onCheckedValueChange={(_, { checkedItems }) => choose(checkedItems[0] as ThemeChoice)}>
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content="Colours" relationship="label">
          <Button appearance="transparent" className="top-button" icon={<DarkThemeRegular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {Object.entries(themeNames).map(([value, words]) => <MenuItemRadio key={value} name="theme" value={value}>{words}</MenuItemRadio>)}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function UserMenu() {
  const { name, unclaimed } = useSession();
  const toasts = useToasts();
  const leave = () => send('DELETE', '/api/merlon/session').then(() => location.replace('/'), (error) => toasts.failed('Signing out failed', error));
  if (unclaimed) return null;
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <MenuButton appearance="transparent" className="top-button top-user" icon={<PersonRegular />}>{name}</MenuButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem disabled>{name}</MenuItem>
          <MenuDivider />
          <MenuItem onClick={leave}>Sign out</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
