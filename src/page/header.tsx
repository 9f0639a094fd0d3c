/** The head of every page: the way home, whether the data is live, who asks, and the theme. */
import { useState } from 'preact/hooks';
import { Badge } from './badge.tsx';
import { type Connection, freshnessText, isStale } from './freshness.ts';
import type { Me } from './state.ts';
import { keptTheme, setTheme, themes } from './theme.ts';
import { useNow } from './use-now.ts';

export const Header = ({ connection, me }: { readonly connection: Connection; readonly me: Me | null }) => (
  <header class="top">
    <a class="skip" href="#main" onClick={skip}>
      Skip to the content
    </a>
    <a class="home" href="#/">
      Sluice
    </a>
    <Freshness connection={connection} />
    {me === null || me.rights.includes('act') ? null : <Badge tone="plain">read only</Badge>}
    <ThemeSwitch />
  </header>
);

/** The part behind the `#` is the page's own address. */
const skip = (event: Event): void => {
  event.preventDefault();
  document.getElementById('main')?.focus();
};

const Freshness = ({ connection }: { readonly connection: Connection }) => {
  const nowMs = useNow();
  const stale = isStale(connection, nowMs) || connection.state === 'lost';
  const text = freshnessText(connection, nowMs);
  return (
    <span class={stale ? 'fresh stale' : 'fresh'} title={connection.problem ?? undefined}>
      <span aria-hidden="true">{stale ? '⚠ ' : '● '}</span>
      {text}
      {/* Said once when it happens, not each second. */}
      <span class="unseen" role="status">
        {stale ? `The connection is lost: ${connection.problem ?? 'no answer'}. Trying again.` : ''}
      </span>
    </span>
  );
};

const ThemeSwitch = () => {
  const [theme, choose] = useState(keptTheme);
  return (
    <label class="theme">
      Theme
      <select
        value={theme}
        onChange={({ currentTarget }) => {
          const chosen = themes.find((each) => each === currentTarget.value) ?? 'system';
          setTheme(chosen);
          choose(chosen);
        }}
      >
        {themes.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
};
