import { createRoot } from 'react-dom/client';
import { createDOMRenderer, FluentProvider, RendererProvider, Toaster } from '@fluentui/react-components';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter } from 'react-router';
import { away, isAway, Problem } from './api/client';
import { Confirmation, SignInAgain } from './app/confirm';
import { Door } from './app/door';
import { nonce } from './app/nonce';
import { SessionGate } from './app/session';
import { Shell } from './app/shell';
import { useTheme } from './app/theme';
import { failed, succeeded } from './app/unread';
import { keepDialogsReadable } from './ui/focus';
import { toaster } from './ui/toast';
import './ui/base.css';

const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } });

const queries = new QueryClient({
  // What is on the screen stays there while the server is away or fails; it is told above it (app/live.ts, app/unread.ts).
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (isAway(error)) window.dispatchEvent(new Event(away));
      failed(error, query);
    },
    onSuccess: (_, query) => succeeded(query),
  }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      // What the server has understood and refused will be refused again.
      retry: (times, error) => times < 2 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
      retryDelay: (attempt) => 400 * 2 ** attempt,
    },
  },
});

function App() {
  const theme = useTheme();
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={theme.theme}>
        <QueryClientProvider client={queries}>
          {/* Not on the provider: its classes are copied to every menu and dialog. */}
          <div className="app">
            <BrowserRouter>
              <SessionGate door={(why) => <Door why={why} />} again={(who) => <SignInAgain who={who} />} waiting={<div className="app-waiting" />}>
                <Shell theme={theme} />
                <Confirmation />
              </SessionGate>
            </BrowserRouter>
          </div>
          {/* Above the tray of what is ticked, whose buttons they would cover. */}
          <Toaster toasterId={toaster} position="bottom-end" offset={{ horizontal: 20, vertical: 92 }} />
        </QueryClientProvider>
      </FluentProvider>
    </RendererProvider>
  );
}

keepDialogsReadable();
createRoot(document.getElementById('root')!).render(<App />);
