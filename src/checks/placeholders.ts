/** Words in braces that an address or a header may hold, and what they stand for. */
import { type Placeholder, placeholders } from '../release/policy-hook.ts';

export interface AskScene {
  /** The same for every try of one question, also after a restart: release, place, check and attempt. */
  readonly id: string;
  readonly check: string;
  readonly stage: string;
  /** Empty: it is about none. */
  readonly release: string;
  readonly policy: string;
  readonly namespace: string;
  readonly revision: string;
  readonly stableRevision: string | null;
  /** Canary percent that is applied. */
  readonly weight: number;
  /** Addresses of ready instances; null: they could not be looked at. */
  readonly canary: readonly string[] | null;
  readonly stable: readonly string[] | null;
}

const valueOf = (name: Placeholder, scene: AskScene): string => String(scene[name] ?? '');

const isPlaceholder = (name: string): name is Placeholder => (placeholders as readonly string[]).includes(name);

const filled = (text: string, scene: AskScene, write: (value: string) => string): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (isPlaceholder(name) ? write(valueOf(name, scene)) : whole));

/** Values can't leave their place in the address. null: whose addresses it is about could not be looked at. */
export const fillAddress = (template: string, scene: AskScene): readonly string[] | null => {
  const [, base = ''] = /^\{(canary|stable)\}/.exec(template) ?? [];
  const rest = filled(template.slice(base === '' ? 0 : base.length + 2), scene, encodeURIComponent);
  if (base === '') return [rest];
  const urls = scene[base as 'canary' | 'stable'];
  return urls === null ? null : urls.map((url) => `${url.replace(/\/$/, '')}${rest}`);
};

/** Values can't leave the quotes that they stand in. */
export const fillQuery = (template: string, scene: AskScene): string =>
  filled(template, scene, (value) => value.replace(/[\\"']/g, '\\$&').replace(/[\x00-\x1f]/g, ' '));

/** Values can't begin another header. */
export const fillHeader = (template: string, scene: AskScene): string =>
  filled(template, scene, (value) => value.replace(/[^\x20-\x7e]/g, '?'));
