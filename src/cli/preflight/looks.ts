/** Everything that a preflight looks at, in the order of its lines: a router or a source adds its look here. */
import { checksLook } from './checks.ts';
import { commandsLook } from './commands.ts';
import { exportersLook } from './exporters.ts';
import { haproxyLook } from './haproxy.ts';
import type { PreflightLook } from './look.ts';
import { proxyLook } from './proxy.ts';
import { rulesLook } from './rules.ts';
import { sourcesLook } from './sources.ts';
import { stableLook } from './stable.ts';

export const preflightLooks: readonly PreflightLook[] = [
  stableLook,
  commandsLook,
  proxyLook,
  haproxyLook,
  exportersLook,
  sourcesLook,
  checksLook,
  rulesLook,
];
