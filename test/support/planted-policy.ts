/** Words of a policy that name a planted secret wherever a policy may name one. */
import type { PlantedSecrets } from './planted-secrets.ts';
import { throwsBack } from './runbook-hooks.ts';

/** Variable of the controller's environment that holds one of them. */
export const plantedVariable = 'TEAMS_WEBHOOK';

type PlantedTarget = Readonly<Record<string, unknown>>;

/** Targets whose services refuse, and say what they were sent. */
export function plantedTargets(secrets: PlantedSecrets, origin: string): readonly PlantedTarget[] {
  const place = (name: string): string => `${origin}${throwsBack}${name}`;
  const address = (name: string) => secrets.file(name, (own) => `${place(name)}/${own}?key=${own}`);
  process.env[plantedVariable] = `${place('teams')}/${secrets.text('teams')}`;
  return [
    { slack: { channel: 'C1', token: secrets.file('slack'), api: place('slack') } },
    { name: 'incoming', slack: { url: address('incoming') } },
    { teams: { url: { env: plantedVariable } } },
    { discord: { url: address('discord') } },
    { googleChat: { url: address('chat') } },
    { pagerduty: { key: secrets.file('pagerduty'), api: place('pagerduty') }, hears: 'all' },
    { github: { repository: 'shop/app', token: secrets.file('github'), api: place('github') } },
    { alertmanager: { url: place('pager'), token: secrets.file('pager') } },
    {
      name: 'signed',
      webhook: {
        ...{ url: address('hook'), token: secrets.file('bearer') },
        key: secrets.file('signature', (own) => `whsec_${btoa(own)}`),
      },
    },
    {
      email: {
        ...{ server: '127.0.0.1:1', security: 'none', user: 'sluice', password: secrets.file('mail') },
        ...{ from: 'sluice@example.com', to: ['ops@example.com'] },
      },
    },
  ];
}

/** How a server is asked. */
export const plantedAccess = (secrets: PlantedSecrets, name: string): object => ({
  tokenFile: secrets.file(name).file,
  headers: { 'X-Api-Key': secrets.text(`${name}-header`) },
});
