/** Somebody whom the API server of the lab knows by a token. */
import type { JoinedLab } from './joined-lab.ts';

/** A ServiceAccount, and a token of it. */
export async function account(lab: JoinedLab, namespace: string, name: string) {
  const api = lab.api();
  const folder = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await api.create(folder, { metadata: { name } });
  const token = async (audience: string): Promise<{ readonly authorization: string }> => {
    const made = await api.create<{ readonly status: { readonly token: string } }>(`${folder}/${name}/token`, {
      spec: { audiences: [audience], expirationSeconds: 600 },
    });
    return { authorization: `Bearer ${made.status.token}` };
  };
  return { subject: { kind: 'ServiceAccount', name, namespace }, token };
}
