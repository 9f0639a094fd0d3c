import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { definitions } from '../../src/release/crd-schema.ts';
import { orderAdmission } from '../../src/release/order-admission.ts';
import { sluice } from '../support/sluice-command.ts';

describe('sluice crds', () => {
  it('prints the definitions as YAML, for kubectl', async () => {
    const { code, out } = await sluice(['crds'], { server: 'http://127.0.0.1:1' });
    expect(code).toBe(0);
    expect(parseAllDocuments(out).map((document) => document.toJS() as unknown)).toEqual([
      ...definitions(),
      ...orderAdmission(),
    ]);
  });
});
