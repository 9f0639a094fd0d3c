/** Asks for the bearer token; it is kept for as long as the tab is open. */
import { useState } from 'preact/hooks';
import { useSession } from './session.ts';

export const TokenForm = () => {
  const { api, store, stream } = useSession();
  const [token, setToken] = useState('');
  const wasRefused = api.token !== null;
  return (
    <form
      class="card token"
      onSubmit={(event) => {
        event.preventDefault();
        api.token = token.trim();
        store.tryToken();
        stream.start();
      }}
    >
      <h1>This server wants a token</h1>
      <WhichToken />
      {wasRefused ? (
        <p class="notice trouble" role="alert">
          The token was not accepted.
        </p>
      ) : null}
      <label>
        Token
        <input
          type="password"
          autocomplete="off"
          required
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary">
        Use it
      </button>
    </form>
  );
};

const WhichToken = () => (
  <p>
    It is the one that the controller was started with (<code>--token-file</code>); in a cluster, one that{' '}
    <code>kubectl create token ACCOUNT --audience sluice</code> makes. It is kept in this tab only, and sent to this
    server only.
  </p>
);
