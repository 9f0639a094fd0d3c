/** The options of Node that the shipped service unit runs the controller with: what is measured runs so, too. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function shippedFlags(): readonly string[] {
  const unit = readFileSync(join(import.meta.dirname, '../../../deploy/sluice.service'), 'utf8');
  const [, flags = ''] = /^ExecStart=.*?\bnode((?: --\S+)*)/m.exec(unit) ?? [];
  return flags.split(' ').filter((flag) => flag !== '');
}
