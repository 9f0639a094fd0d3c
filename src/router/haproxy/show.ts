/** What HAProxy shows of itself over its runtime API, as values: the process, and the servers of one backend. */

export interface ServerSeen {
  readonly name: string;
  /** `ip:port`. */
  readonly address: string;
  /** 0-256, as last set. */
  readonly weight: number;
  /** From its configuration or state file. */
  readonly initial: number;
  /** Taken out of service by hand, by its configuration, or by us. */
  readonly held: 'no' | 'maint' | 'drain';
  /** By HAProxy's own checks; true without any. */
  readonly up: boolean;
  /** Requests that it has now. */
  readonly sessions: number;
  /** Requests that it got since the process started. */
  readonly served: number;
  /** An agent on the server may change its weight. */
  readonly agent: boolean;
  /** Value of the cookie that keeps clients on it; empty: none. */
  readonly cookie: string;
}

export interface BackendSeen {
  /** Of the process; another one after a reload. */
  readonly process: string;
  readonly version: string;
  /** Load balancing algorithm; empty where HAProxy does not say. */
  readonly algorithm: string;
  readonly servers: ReadonlyMap<string, ServerSeen>;
}

/** The commands whose output `readShown` understands, in any order, with anything between. */
export const showCommands = (backend: string): readonly string[] => [
  'show info',
  `show servers state ${backend}`,
  `show stat ${backend} 6 -1`,
];

type Row = Readonly<Record<string, string>>;

/** Null: the output lacks one of the parts. */
export function readShown(output: string, backend: string): BackendSeen | null {
  const lines = output.split('\n');
  const states = table(lines, '# be_id ', ' ').filter((row) => row['be_name'] === backend);
  const stats = table(lines, '# pxname,', ',').filter((row) => row['pxname'] === backend);
  const process = processIn(output);
  const whole = stats.find((row) => row['svname'] === 'BACKEND');
  if (process === null || whole === undefined) return null;
  const counted = new Map(stats.map((row) => [row['svname'], row]));
  return {
    process,
    version: infoOf(lines).get('Version') ?? '',
    algorithm: whole['algo'] ?? '',
    servers: new Map(
      states.map((row) => {
        const server = serverOf(row, counted.get(row['srv_name'] ?? '') ?? {});
        return [server.name, server];
      }),
    ),
  };
}

/** The process that answered `show info`; null: none did. */
export function processIn(output: string): string | null {
  const info = infoOf(output.split('\n'));
  const pid = info.get('Pid');
  return pid === undefined ? null : `${pid}/${info.get('Start_time_sec') ?? ''}`;
}

const infoOf = (lines: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    lines.flatMap((line) => {
      const [, key, value] = /^(Pid|Version|Start_time_sec): (.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );

/** Rows below a line of column names, up to the next empty line. */
function table(lines: readonly string[], head: string, separator: string): readonly Row[] {
  const begin = lines.findIndex((line) => line.startsWith(head));
  if (begin < 0) return [];
  const names = (lines[begin] ?? '').slice(2).split(separator);
  const rest = lines.slice(begin + 1);
  const end = rest.indexOf('');
  return rest.slice(0, end < 0 ? rest.length : end).map((line) => {
    const cells = line.split(separator);
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}

/** Bits of `srv_admin_state`: forced, inherited, by name resolution; 4 only says that the configuration began so. */
const maintenance = 0x01 | 0x02 | 0x20 | 0x40;
const draining = 0x08 | 0x10;

function serverOf(state: Row, stat: Row): ServerSeen {
  const admin = number(state['srv_admin_state']);
  const host = state['srv_addr'] ?? '';
  return {
    name: state['srv_name'] ?? '',
    address: `${host.includes(':') ? `[${host}]` : host}:${state['srv_port'] ?? ''}`,
    weight: number(state['srv_uweight']),
    initial: number(state['srv_iweight']),
    held: (admin & maintenance) !== 0 ? 'maint' : (admin & draining) !== 0 ? 'drain' : 'no',
    up: number(state['srv_op_state']) !== 0,
    sessions: number(stat['scur']),
    served: number(stat['stot']),
    agent: (stat['agent_status'] ?? '') !== '',
    cookie: stat['cookie'] ?? '',
  };
}

const number = (text: string | undefined): number => Number.parseInt(text ?? '0', 10) || 0;
