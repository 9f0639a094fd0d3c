/** `sluice crds`: the definitions of Sluice's objects, for `kubectl apply -f -`. */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { definitions } from '../release/crd-schema.ts';
import { orderAdmission } from '../release/order-admission.ts';

/** YAML, a document for each: the kinds, and what the API server asks of an order. */
export const definitionsText = (): string =>
  [...definitions(), ...orderAdmission()]
    .map((definition) => stringify(definition, { aliasDuplicateObjects: false, lineWidth: 0 }))
    .join('---\n');

export const registerCrds = (program: Command): void => {
  const command = program
    .command('crds')
    .description("print the definitions of Sluice's objects on Kubernetes")
    .addHelpText('after', '\nExample:\n  $ sluice crds | kubectl apply -f -')
    .action(() => {
      command.configureOutput().writeOut?.(definitionsText());
    });
};
