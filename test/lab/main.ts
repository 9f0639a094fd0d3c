/** `npm run lab`: a Kubernetes of processes on this machine, in a network of its own. */
import { Command } from 'commander';
import { down } from './command/down.ts';
import { enter } from './command/enter.ts';
import { status } from './command/status.ts';
import { up } from './command/up.ts';
import { labFolder } from './folder.ts';
import { cacheFolder, obtain } from './parts/cache.ts';
import { obtainParts } from './parts/obtain.ts';
import { apiServerBefore } from './parts/parts.ts';
import { progressOn } from './parts/progress.ts';

const examples = `
Examples:
  npm run lab                                  start it, and keep it until Ctrl-C
  npm run lab -- shell                         in another terminal: a shell in its network, with KUBECONFIG and kubectl
  npm run lab -- exec kubectl get pods -A
  npm run lab -- exec --as alice kubectl auth can-i --list
  npm run lab -- status
  npm run lab -- parts                         build and install everything it needs, and start nothing

Pods are processes: a container's \`command\` runs in this checkout, and listens on its pod's address:
  env: [{ name: HOST, valueFrom: { fieldRef: { fieldPath: status.podIP } } }]

Parts are kept in ${cacheFolder()}, state and logs in ${labFolder()}.`;

const program = new Command('lab')
  .usage('[command] [options]')
  .description(
    'A Kubernetes control plane without containers: etcd, kube-apiserver, kube-controller-manager; istiod and Envoy, Traefik, Prometheus, Alertmanager; pods as processes.',
  )
  .addHelpText('after', examples)
  .enablePositionalOptions()
  .showHelpAfterError('(npm run lab -- --help shows examples)');

program
  .command('up', { isDefault: true })
  .description('start a lab, and keep it until Ctrl-C (the default)')
  .option('--bare', 'control plane and pods only, no mesh')
  .option('--api-server-before', 'with the API server of the minor version before; the first time it is built')
  .option('--until <pid>', 'end when this process is gone', Number)
  .option('--deadline <minutes>', 'end after so long, whatever happens', Number, 240)
  .action(up);
program.command('down').description('end the lab that runs').action(down);
program.command('status').description('say what runs').action(status);
program
  .command('exec')
  .description("run a command in the lab's network, with KUBECONFIG set and kubectl at hand")
  .option('--as <who>', 'whose kubeconfig: admin, sluice, alice, bob', 'admin')
  .argument('<command...>')
  .passThroughOptions()
  .action((command: string[], { as }: { as: string }) => enter(command, as));
program
  .command('shell')
  .description("a shell in the lab's network")
  .option('--as <who>', 'whose kubeconfig: admin, sluice, alice, bob', 'admin')
  .action(({ as }: { as: string }) => enter([process.env['SHELL'] ?? 'sh'], as));
program
  .command('parts')
  .description('build and install what is missing')
  .option('--api-server-before', 'the API server of the minor version before, too')
  .action(async ({ apiServerBefore: before }: { apiServerBefore?: boolean }) => {
    await obtainParts('whole', progressOn());
    if (before === true) await obtain(apiServerBefore, { progress: progressOn() });
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(`lab: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
// Everything was ended and waited for: no connection that lingers keeps it.
process.exit();
