/** Objects as the API server tells them: what all of them have is checked, the rest is for who asked. */
import { z } from 'zod';

const owner = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});

const managedFields = z.looseObject({
  manager: z.string().optional(),
  time: z.string().optional(),
  subresource: z.string().optional(),
});

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string(),
  resourceVersion: z.string(),
  generation: z.number().optional(),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  ownerReferences: z.array(owner).optional(),
  managedFields: z.array(managedFields).optional(),
});

export const kubeObject = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata,
});

export type KubeObject = z.output<typeof kubeObject>;

export const listPage = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(kubeObject).nullish(),
});
