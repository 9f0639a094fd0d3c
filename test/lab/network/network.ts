/** The lab's own network: a namespace in which every address of 10.77.0.0/16 is local, and from which nothing leads out. */
import { createServer } from 'node:net';

const network = '10.77.0.0/16';

/** Who answers where; pods get what is left, from 10.77.16.0 on. */
export const addresses = {
  controlPlane: '10.77.0.1',
  kubelet: '10.77.0.2',
  control: '10.77.0.3',
  ingress: '10.77.0.10',
  traefik: '10.77.0.11',
  prometheus: '10.77.0.20',
  alertmanager: '10.77.0.21',
} as const;

export type Command = readonly [string, ...string[]];

/** A route makes every address of the network local, without one being added: a closed port answers with a reset. */
const prepare = `ip link set lo up && ip route add local ${network} dev lo && exec "$@"`;

/** The command in a new network. A user who is not root becomes root of it, and of nothing else. */
export const inNewNetwork = (command: Command, uid: number = userId()): Command => {
  const user = uid === 0 ? [] : ['--user', '--map-root-user'];
  return ['unshare', '--net', ...user, '--', 'sh', '-c', prepare, 'sh', ...command];
};

/** The command in the network that a process lives in. */
export const inNetworkOf = (pid: number, command: Command, uid: number = userId()): Command => {
  const user = uid === 0 ? [] : ['--user', '--preserve-credentials'];
  return ['nsenter', `--target=${pid}`, '--net', ...user, '--', ...command];
};

/** Whether this process lives in a network of the lab: only there is its address one of this machine's. */
export const isInside = (address: string = addresses.controlPlane): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(0, address, () => probe.close(() => resolve(true)));
  });

const userId = (): number => process.getuid?.() ?? 0;
