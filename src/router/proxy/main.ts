/** Entry of the proxy process: reads its command line, starts the service, ends it on a signal; survives its parent. */
import { parseArgs } from 'node:util';
import { type Logger, pino } from 'pino';
import { messageOf } from '../../lib/message-of.ts';
import { ProxyService } from './proxy-service.ts';
import { type ProxySettings, proxySettings } from './settings.ts';

const usage = `usage: main --control SOCKET --listen HOST:PORT --state FILE [--name NAME] [--metrics-listen HOST:PORT]
  [--settings JSON] [--grace MS]
`;

const { values } = readArguments();

const millis = (text: string, name: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  return giveUp(`--${name} ${text} is no positive number of milliseconds`, 2);
};

// Sockets, state and log are this user's alone.
process.umask(0o077);
const log = logger(values.name);
const started = await ProxyService.start({
  name: values.name,
  controlPath: values.control ?? giveUp(`--control is missing\n${usage}`, 2),
  listen: values.listen ?? giveUp(`--listen is missing\n${usage}`, 2),
  statePath: values.state ?? giveUp(`--state is missing\n${usage}`, 2),
  metricsListen: values['metrics-listen'] ?? null,
  settings: settingsFrom(values.settings),
  graceMs: millis(values.grace, 'grace'),
  log,
});
if (!started.ok) giveUp(started.error.message, 1);
const service = started.value;
log.info({ listen: service.describe().listen, control: values.control }, 'proxy serves');

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    log.info({ signal }, 'proxy stops');
    void service.stop();
  });
}
process.on('uncaughtExceptionMonitor', (error) => log.fatal({ err: error }, 'proxy breaks down'));
// Whoever moves the access log away says so.
process.on('SIGUSR2', () => service.reopenLog());
// A terminal that closes takes the controller along, not the traffic.
process.on('SIGHUP', () => {});
await service.ended;
log.info('proxy ended');
process.exit(0);

function readArguments() {
  try {
    return parseArgs({
      options: {
        control: { type: 'string' },
        listen: { type: 'string' },
        state: { type: 'string' },
        name: { type: 'string', default: 'proxy' },
        'metrics-listen': { type: 'string' },
        settings: { type: 'string', default: '{}' },
        grace: { type: 'string', default: '10000' },
      },
    });
  } catch (error) {
    return giveUp(`${messageOf(error)}\n${usage}`, 2);
  }
}

function settingsFrom(text: string): ProxySettings {
  try {
    return proxySettings.parse(JSON.parse(text));
  } catch (error) {
    return giveUp(`--settings ${text} can't be used: ${messageOf(error)}`, 2);
  }
}

function logger(name: string): Logger {
  const destination = pino.destination({ dest: 1, sync: true });
  // A full disk under the log must not stop the traffic.
  destination.on('error', () => {});
  return pino({ base: { pid: process.pid, proxy: name } }, destination);
}

/** Says why on standard error, in one line that whoever started it can show. */
function giveUp(message: string, code: number): never {
  process.stderr.write(`sluice proxy: ${message}\n`);
  process.exit(code);
}
