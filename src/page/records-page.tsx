/** What is kept beside the releases of a policy: who did what and why, and who was told. */
import type { ShownDelivery, ShownEntry } from '../report/records-view.ts';
import { Answered } from './answered.tsx';
import { hashOf } from './route.ts';
import { Table } from './table.tsx';
import { useAnswer } from './use-answer.ts';

/** More than a person looks through: `sluice trail` has all of it. */
const mostShown = 100;

const query = (policy: string): string => `policy=${encodeURIComponent(policy)}&limit=${mostShown}`;

export const RecordsPage = ({ policy }: { readonly policy: string }) => (
  <>
    <h1>Records of {policy}</h1>
    <p>
      <a href={hashOf({ kind: 'history', policy, against: null })}>Its history</a>
    </p>
    <Trail policy={policy} />
    <Deliveries policy={policy} />
  </>
);

const Trail = ({ policy }: { readonly policy: string }) => (
  <section class="card" aria-labelledby="trail-title">
    <h2 id="trail-title">Trail: who did what</h2>
    <Answered answer={useAnswer<{ readonly entries: readonly ShownEntry[] }>(`trail?${query(policy)}`)}>
      {({ entries }) =>
        entries.length === 0 ? (
          <p>Nothing has been done yet.</p>
        ) : (
          <Table label="Table of the trail" heads={['when', 'who', 'what', 'on', 'revision', 'why', 'said']}>
            {entries.toReversed().map((entry) => (
              <tr key={entry.number}>
                <th scope="row">{new Date(entry.atMs).toLocaleString()}</th>
                <td>{entry.who}</td>
                <td>{entry.what}</td>
                <td>
                  {entry.release === null ? (
                    policy
                  ) : (
                    <a href={hashOf({ kind: 'release', id: entry.release })}>{entry.release}</a>
                  )}
                </td>
                <td>{entry.revision ?? ''}</td>
                <td class="why">{entry.why}</td>
                <td class="why">{entry.message}</td>
              </tr>
            ))}
          </Table>
        )
      }
    </Answered>
  </section>
);

const Deliveries = ({ policy }: { readonly policy: string }) => (
  <section class="card" aria-labelledby="deliveries-title">
    <h2 id="deliveries-title">Notifications: who was told</h2>
    <Answered answer={useAnswer<{ readonly deliveries: readonly ShownDelivery[] }>(`deliveries?${query(policy)}`)}>
      {({ deliveries }) =>
        deliveries.length === 0 ? (
          <p>Nobody was told anything yet.</p>
        ) : (
          <Table
            label="Table of notifications"
            heads={['when', 'to', 'by', 'urgency', 'what', 'result', 'tries', 'why']}
          >
            {deliveries.map((each) => (
              <tr key={`${each.target} ${each.notice}`}>
                <th scope="row">{new Date(each.triedAtMs).toLocaleString()}</th>
                <td>{each.target}</td>
                <td>{each.service}</td>
                <td>{each.urgency}</td>
                <td class="why">{each.title}</td>
                <td>{each.outcome}</td>
                <td>{each.attempts}</td>
                <td class="why">{each.why}</td>
              </tr>
            ))}
          </Table>
        )
      }
    </Answered>
  </section>
);
