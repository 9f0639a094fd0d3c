/** That the rules of what was promoted were read on after its watch, in a cluster: told by its report, and kept with the release. */
import { expect } from 'vitest';
import type { DeploymentReport } from '../../src/report/deployment/deployment-report.ts';
import { folders } from '../../src/workload/kubernetes/labels.ts';
import type { KubeObject } from '../lab/api/api.ts';
import { eventually } from './eventually.ts';
import type { OperatedService } from './operated-service.ts';
import { sluice } from './sluice-command.ts';

interface Looks extends KubeObject {
  readonly data: { readonly looks: string };
}

/** `words`: where the command line finds the cluster; `lasts`: its `plan.trend`, as it is made there. */
export async function expectTrendKept(
  { api, namespace }: OperatedService,
  words: readonly string[],
  { lasts, revision }: { readonly revision: string; readonly lasts: string },
): Promise<void> {
  const { afterPromotion, id } = await eventually(
    async () => {
      const { out } = await sluice(['report', 'app', '-o', 'json', ...words]);
      const report = JSON.parse(out) as DeploymentReport;
      return report.afterPromotion?.state === 'ended' ? report : null;
    },
    { withinMs: 120_000 },
  );
  expect(afterPromotion?.sentence).toBe(`trends of ${revision} are recorded, ${lasts} from its promotion on`);
  const [trend] = afterPromotion?.rules ?? [];
  expect(trend).toMatchObject({ rule: 'error_rate', limit: 0.05, rise: null });
  expect(trend?.value.every((value) => value === 0)).toBe(true);
  const { data } = await api.get<Looks>(`${folders(namespace).configMaps}/${id}-looks`);
  expect(data.looks).toContain(String.raw`\"trend\":true`);
}
