/** Starts the page: the session, the live stream, and what draws them. */
import { render } from 'preact';
import { Api } from './api.ts';
import { App } from './app.tsx';
import { LiveStream } from './live-stream.ts';
import { SessionContext } from './session.ts';
import { Store } from './store.ts';
import { keptTheme, setTheme } from './theme.ts';

setTheme(keptTheme());
const api = new Api();
const store = new Store(api);
const stream = new LiveStream(api, store);
const place = document.getElementById('page');
if (place === null) throw new Error('the document has no place for the page');
render(
  <SessionContext.Provider value={{ api, store, stream }}>
    <App />
  </SessionContext.Provider>,
  place,
);
stream.start();
