/** The page as a whole: the head, a prompt for the token, and what the address asks for. */
import { useEffect } from 'preact/hooks';
import { Header } from './header.tsx';
import { HistoryPage } from './history-page.tsx';
import { pageTitle } from './page-title.ts';
import { RecordsPage } from './records-page.tsx';
import { ReleaseList } from './release-list.tsx';
import { ReleasePage } from './release-page.tsx';
import type { Route } from './route.ts';
import { RulesPage } from './rules-page.tsx';
import { useSession } from './session.ts';
import type { State } from './state.ts';
import { TokenForm } from './token-form.tsx';
import { useRoute } from './use-route.ts';
import { useStateOf } from './use-state-of.ts';

export const App = () => {
  const { store } = useSession();
  const state = useStateOf(store);
  const route = useRoute();
  const looked = route.kind === 'release' ? route.id : null;
  useEffect(() => store.look(looked), [looked, store]);
  const title = pageTitle(route, state);
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <>
      <Header connection={state.connection} me={state.me} />
      <main id="main" tabIndex={-1}>
        {state.problem === null ? null : (
          <p class="notice trouble" role="alert">
            {state.problem}
          </p>
        )}
        {state.wantsToken ? <TokenForm /> : <Shown route={route} state={state} />}
      </main>
    </>
  );
};

const Shown = ({ route, state }: { readonly route: Route; readonly state: State }) => {
  switch (route.kind) {
    case 'list':
      return <ReleaseList releases={state.releases} policies={state.policies} aheadMs={state.aheadMs} />;
    case 'release':
      return <ReleasePage key={route.id} id={route.id} state={state} />;
    case 'history':
      return <HistoryPage key={route.policy} policy={route.policy} against={route.against} />;
    case 'rules':
      return <RulesPage key={route.policy} policy={route.policy} />;
    case 'records':
      return <RecordsPage key={route.policy} policy={route.policy} />;
  }
};
