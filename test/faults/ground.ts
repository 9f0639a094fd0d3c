/** What all plans of a run stand on: the lab, the kinds of objects that they need, and what watches them. */
import { readFileSync } from 'node:fs';
import type { KubeObject } from '../lab/api/api.ts';
import { applyDefinitions } from '../lab/apply-definitions.ts';
import type { ApiServerVersion } from '../lab/control-plane/api-server.ts';
import { joinLab } from '../lab/joined-lab.ts';
import { type Extent, fileOf } from '../lab/parts/parts.ts';
import type { AtEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { tempDir } from '../support/temp-dir.ts';
import { History } from './history.ts';
import { startPodMetrics } from './metrics-server.ts';
import type { Ground } from './scene.ts';

const routes = 'virtualservices.networking.istio.io';

/** `extent`: of the lab, where none runs. */
export async function openGround(
  atEnd: AtEnd,
  extent: Extent = 'bare',
  apiServer: ApiServerVersion = 'current',
): Promise<Ground> {
  const folder = await tempDir(atEnd);
  const lab = await joinLab(atEnd, { apiServer, extent, until: process.pid });
  const api = lab.api();
  await applyDefinitions(api);
  const kinds = JSON.parse(readFileSync(fileOf('manifests', 'istio.json'), 'utf8')) as readonly KubeObject[];
  const kind = kinds.find(({ metadata: { name } }) => name === routes);
  await api.apply(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${routes}`, kind);
  await eventually(() => api.list('/apis/networking.istio.io/v1/virtualservices'));
  const history = new History(api, atEnd);
  const metrics = await startPodMetrics((address) => history.namespaceAt(address), atEnd);
  return { lab, api, history, metrics, folder };
}
