/** etcd: one member, its data in the lab's folder, and no care for a power cut. */
import { join } from 'node:path';
import { addresses } from '../network/network.ts';
import { fileOf } from '../parts/parts.ts';
import type { Server } from '../servers/server.ts';

export const etcdUrl = `http://${addresses.controlPlane}:2379`;
const peerUrl = `http://${addresses.controlPlane}:2380`;

export const etcd = (folder: string): Server => ({
  name: 'etcd',
  at: etcdUrl,
  command: [
    fileOf('etcd', 'etcd'),
    '--name=lab',
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${etcdUrl}`,
    `--advertise-client-urls=${etcdUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=lab=${peerUrl}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ],
  ready: async () => (await fetch(`${etcdUrl}/health`)).ok,
});
