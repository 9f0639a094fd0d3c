/** Whether this Node can run Sluice: the built-in SQLite and the Kubernetes client need a recent one. */

const least = [22, 19] as const;

/** What to tell whoever started it on `version` (`v20.11.0`); null: it will do. */
export function nodeProblem(version: string): string | null {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isEnough = major > least[0] || (major === least[0] && minor >= least[1]);
  return isEnough ? null : `needs Node ${least.join('.')} or newer, this is ${version}: start it with a newer one`;
}
