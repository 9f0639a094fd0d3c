/** A Lease as the election reads and writes it. Times in it are for people: only its changes count. */
import { z } from 'zod';
import type { KubeObject } from './object.ts';

const leaseSpec = z.looseObject({
  holderIdentity: z.string().nullish(),
  leaseDurationSeconds: z.number().nullish(),
  acquireTime: z.string().nullish(),
  renewTime: z.string().nullish(),
  leaseTransitions: z.number().nullish(),
});

export interface LeaseRecord {
  readonly object: KubeObject;
  /** Empty: nobody. */
  readonly holder: string;
  /** How long the holder wants it to be left alone without a renewal, milliseconds. */
  readonly durationMs: number;
  readonly transitions: number;
}

export interface Claim {
  readonly holder: string;
  readonly durationMs: number;
  readonly wallMs: number;
}

/** One that can't be read counts as held, and only its silence frees it. */
export function leaseRecord(object: KubeObject): LeaseRecord {
  const spec = leaseSpec.safeParse(object['spec'] ?? {}).data;
  if (spec === undefined) return { object, holder: 'unreadable', durationMs: 0, transitions: 0 };
  return {
    object,
    holder: spec.holderIdentity ?? '',
    durationMs: (spec.leaseDurationSeconds ?? 0) * 1_000,
    transitions: spec.leaseTransitions ?? 0,
  };
}

/** With microseconds: the server takes no other form. */
const microTime = (wallMs: number): string => new Date(wallMs).toISOString().replace('Z', '000Z');

export const newLease = (name: string, claim: Claim): object => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name },
  spec: specOf(claim, { acquireTime: microTime(claim.wallMs), leaseTransitions: 0 }),
});

/** Taken from whoever held it, conditional on the version that was read. */
export const takenLease = ({ object, transitions }: LeaseRecord, claim: Claim): object => ({
  ...object,
  spec: specOf(claim, { acquireTime: microTime(claim.wallMs), leaseTransitions: transitions + 1 }),
});

export const renewedLease = ({ object, transitions }: LeaseRecord, claim: Claim): object => ({
  ...object,
  spec: { ...(object['spec'] as object), ...specOf(claim, { leaseTransitions: transitions }) },
});

/** Nobody's, so that the next one need not wait. */
export const releasedLease = ({ object }: LeaseRecord, wallMs: number): object => ({
  ...object,
  spec: { ...(object['spec'] as object), holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(wallMs) },
});

const specOf = ({ holder, durationMs, wallMs }: Claim, more: object): object => ({
  holderIdentity: holder,
  leaseDurationSeconds: Math.ceil(durationMs / 1_000),
  renewTime: microTime(wallMs),
  ...more,
});
