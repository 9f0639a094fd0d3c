/**
 * Who may import whom. The direction is
 *
 *   lib <- rules <- metrics <- verdict <- release <- gate <- promotion, rollback
 *
 * with `router` and `workload` beside it. Pure files decide; files that do I/O are named after a vendor or a protocol
 * and are picked in one place. `npm run deps` checks it; test/check/architecture.test.ts shows that every rule bites.
 */

/** Files that do I/O have a vendor's or a protocol's name in theirs, so that a reader sees where the program meets the world. */
const vendors = [
  'prometheus',
  'alertmanager',
  'scrape',
  'host',
  'sqlite',
  'proxy',
  'haproxy',
  'kubernetes',
  'istio',
  'gateway-api',
  'traefik',
  'process',
  'http',
  'smtp',
  'files',
  'pino',
];
const adapterFile = `^src/[a-z]+/.*\\b(${vendors.join('|')})\\b|^src/rules/file\\b`;

/** The Kubernetes API, for the adapters that speak to it. */
const kubeEdge = '^src/kube/';

/** What reads secrets from files and the environment, for the adapters that send them. */
const secretEdge = '^src/lib/secret/read-secret\\.ts$';

/** Adapters, the edge of Kubernetes, what reads secrets, and the reader of the files that people write (a worker thread bounds its time). */
const ioFiles = [adapterFile, '^src/lib/config-file/', kubeEdge, secretEdge];

/** Parsers of files that people write: pure, but built on zod and yaml. */
const parserFile = '^src/(rules|release)/[a-z-]*(schema|parse|policy-)';

/** Interfaces that the pure core and the loop speak to, without a word about who is behind them. */
const ports =
  '^src/(metrics/metric-source|release/store|router/router|workload/(workload|backends|revision-spec)|backup/(snapshots|point-status)|notify/notifier)\\.ts$';

const pureCore = '^src/(verdict|release|gate|promotion|rollback)/';
/** controller.ts and the parts it is made of; the command line stands above. */
const compositionRoot = '^src/(controller\\.ts|wiring/|main\\.ts|cli/)';
const rxjsFiles =
  '^src/(pipeline|controller|kube/watch|metrics/readings|rules/file[a-z-]*)\\.ts$|^src/(lib/rx|wiring)/';

/** Packages by path, so that no alias or sub-path slips through. */
const packages = (...names) => `(^|/)node_modules/(${names.join('|')})/`;
const anyPackage = '(^|/)node_modules/';
const ioCore =
  '^(node:)?(fs|net|tls|http|http2|https|dns|dgram|child_process|cluster|worker_threads|sqlite|os|readline|repl)(/|$)';

/** One folder's allowance: its own files, lib, and what is listed. */
const mayImport = (folder, allowed, comment) => ({
  name: `${folder}-imports`,
  comment,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: adapterFile },
  to: { path: '^src/', pathNot: [`^src/(lib|${folder})/`, ...allowed] },
});

const folders = [
  mayImport('kube', [], 'The edge of Kubernetes knows objects and paths, and nothing of what they are for.'),
  mayImport('lib', [], 'lib knows nothing of the product; everybody may build on it.'),
  mayImport('rules', [], 'What healthy means is said without knowing who measures or judges it.'),
  mayImport('metrics', ['^src/rules/'], 'Metrics measure what rules name, and judge nothing.'),
  mayImport(
    'verdict',
    ['^src/rules/', '^src/metrics/reading\\.ts$'],
    'The judge sees rules and readings, never where readings come from.',
  ),
  mayImport(
    'release',
    ['^src/(rules|metrics|verdict)/', ports],
    'A release records rules, evidence and verdicts, and names ports; it knows neither gate nor loop.',
  ),
  mayImport(
    'checks',
    ['^src/(rules|metrics|verdict|release)/', '^src/gate/facts\\.ts$', ports],
    'Checks ask the world outside what a release needs, and tell the gate in its own words; they decide nothing.',
  ),
  mayImport('gate', ['^src/(rules|metrics|verdict|release)/', ports], 'The gate decides from the facts it is given.'),
  mayImport(
    'promotion',
    ['^src/(rules|metrics|verdict|release|gate)/', ports],
    'Promotion lists what is left to do; it does not know how rollback goes.',
  ),
  mayImport(
    'rollback',
    ['^src/(rules|metrics|verdict|release|gate)/', ports],
    'Rollback lists what is left to do; it does not know how promotion goes.',
  ),
  mayImport(
    'router',
    ['^src/workload/(workload|backends|revision-spec)\\.ts$'],
    'A router splits traffic as told and knows no release.',
  ),
  mayImport('backup', [], 'A backup keeps and brings back what it is told, and knows no release.'),
  mayImport('workload', ['^src/router/router\\.ts$'], 'A workload runs instances as told and knows no release.'),
  mayImport(
    'notify',
    ['^src/(rules|verdict|release|gate)/'],
    'A notification tells what was decided; it takes no part in it.',
  ),
  mayImport(
    'report',
    ['^src/(rules|metrics|verdict|release|gate)/', '^src/backup/snapshots\\.ts$'],
    'A report tells what was decided; it takes no part in it.',
  ),
  mayImport(
    'telemetry',
    ['^src/(rules|verdict|release|gate)/', ports],
    'Telemetry watches; it takes no part in a decision.',
  ),
  mayImport(
    'server',
    ['^src/(rules|metrics|verdict|release|gate|report|telemetry)/', ports],
    'The server shows releases and takes orders; it never touches router or workload itself.',
  ),
  mayImport(
    'page',
    ['^src/report/', '^src/release/log\\.ts$'],
    'The page draws what the API answers, in the words of the reports; it knows nothing behind them.',
  ),
  mayImport(
    'tuning',
    [
      '^src/(rules|metrics|verdict|release|gate|promotion|rollback)/',
      '^src/reconcile/(think|next-action|judge-release|look|arms)\\.ts$',
      '^src/router/(router|route|splitter)\\.ts$',
      ports,
    ],
    'Tuning runs the judge and the loop of production over virtual time and history: the pure parts of the loop, the in-memory split, no port behind which the world is.',
  ),
  mayImport(
    'reconcile',
    [
      '^src/(rules|metrics|verdict|release|checks|gate|promotion|rollback|router|workload|notify|report|telemetry)/',
      ports,
    ],
    "The loop's functions join the pure modules and the ports; surfaces stand above them.",
  ),
];

const purity = [
  {
    name: 'pure-core-no-packages',
    comment: 'What decides imports no package and no node module: it is arithmetic over its arguments, time included.',
    severity: 'error',
    from: { path: pureCore, pathNot: [adapterFile, parserFile] },
    to: { path: anyPackage },
  },
  {
    name: 'pure-core-no-node',
    comment: 'What decides imports no package and no node module: it is arithmetic over its arguments, time included.',
    severity: 'error',
    from: { path: pureCore, pathNot: [adapterFile, parserFile] },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'pure-core-no-files',
    comment: 'Reading what people write is for the parsers; what decides gets domain types.',
    severity: 'error',
    from: { path: pureCore, pathNot: [adapterFile, parserFile] },
    to: { path: '^src/lib/config-file/' },
  },
  {
    name: 'pure-core-no-clock',
    comment: 'Time comes in as an argument, or a recorded run could not be judged again.',
    severity: 'error',
    from: { path: pureCore, pathNot: adapterFile },
    to: { path: '^src/lib/((clock|pause|within)\\.ts|rx/)' },
  },
  {
    name: 'io-in-named-files',
    comment: 'Only files named after a vendor or a protocol reach the file system, the network or other processes.',
    severity: 'error',
    from: { path: '^src/', pathNot: [...ioFiles, compositionRoot] },
    to: { path: [ioCore, packages('axios', 'undici', 'express', 'nodemailer', 'pino')] },
  },
  {
    name: 'adapters-picked-once',
    comment:
      "Only controller.ts, its wiring and the command line pick adapters; beyond an adapter's own folder everybody speaks to its port.",
    severity: 'error',
    from: { path: '^src/([a-z]+)', pathNot: compositionRoot },
    to: { path: adapterFile, pathNot: '^src/$1/' },
  },
  {
    name: 'kube-for-adapters',
    comment: 'Only adapters named after what they speak to, and what picks them, reach the API of Kubernetes.',
    severity: 'error',
    from: { path: '^src/', pathNot: [adapterFile, kubeEdge, compositionRoot] },
    to: { path: [kubeEdge, packages('@kubernetes/client-node')] },
  },
  {
    name: 'secrets-for-adapters',
    comment: 'Only adapters that send a secret, and the command line that looks whether it is there, read one.',
    severity: 'error',
    from: { path: '^src/', pathNot: [adapterFile, compositionRoot] },
    to: { path: secretEdge },
  },
  {
    name: 'core-without-adapters',
    comment:
      "What measures, judges and decides does not even know its own folder's adapters: it runs over history and virtual time, too.",
    severity: 'error',
    from: { path: '^src/(rules|metrics|verdict|release|gate|promotion|rollback)/', pathNot: adapterFile },
    to: { path: adapterFile },
  },
  {
    name: 'rxjs-in-few-files',
    comment: 'Streams are for the pipeline and its edges; everything else is functions of values.',
    severity: 'error',
    from: { path: '^src/', pathNot: rxjsFiles },
    to: { path: packages('rxjs') },
  },
  {
    name: 'composition-root-on-top',
    comment: 'Nobody imports the composition root: it imports everybody.',
    severity: 'error',
    from: { path: '^src/', pathNot: compositionRoot },
    to: { path: compositionRoot },
  },
  {
    name: 'pipeline-below-surfaces',
    comment: 'The loop knows neither server nor command line: a surface that hangs cannot hold a decision.',
    severity: 'error',
    from: { path: '^src/(pipeline\\.ts|reconcile/)' },
    to: { path: '^src/(server|cli|tuning|page)/' },
  },
];

const hygiene = [
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one idea in two places, types included.',
    severity: 'error',
    from: { path: '^src/' },
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'A file that nothing imports and that imports nothing is left over.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/(main\\.ts$|page/public/)', orphan: true },
    to: {},
  },
  {
    name: 'no-test-code',
    comment: 'The product does not ship test code.',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^test/' },
  },
  {
    name: 'no-development-packages',
    comment: 'What src imports must be there after `npm ci --omit=dev`; types vanish in the build.',
    severity: 'error',
    from: { path: '^src/', pathNot: '^src/page/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'no-unlisted-packages',
    comment: "A package that package.json does not list is somebody else's dependency and may vanish.",
    severity: 'error',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-unresolvable',
    comment: 'Every import leads to a file.',
    severity: 'error',
    from: { path: '^src/' },
    to: { couldNotResolve: true },
  },
];

export default {
  forbidden: [...folders, ...purity, ...hygiene],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/fixtures/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
