/** The delivery log of a state folder; without a disk that takes it, one that ends with the controller. */
import { join } from 'node:path';
import { Deliveries } from '../release/deliveries.ts';
import type { DeliveryLog } from '../release/delivery-log.ts';
import { openSqliteDeliveries } from '../release/sqlite-deliveries.ts';
import type { Logger } from '../telemetry/logger.ts';

export function keptDeliveries(stateDir: string, log: Logger): DeliveryLog {
  const opened = openSqliteDeliveries({
    path: join(stateDir, 'deliveries.db'),
    troubled: (problem) => log.warn({ ...problem }, 'delivery is not kept on the disk'),
  });
  if (opened.ok) return opened.value;
  log.warn({ ...opened.error }, 'deliveries are not kept over a restart');
  return new Deliveries();
}
