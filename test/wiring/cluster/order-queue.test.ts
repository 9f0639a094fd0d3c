import { describe, expect, it } from 'vitest';
import type { GivenOrder } from '../../../src/wiring/cluster/order-object.ts';
import { OrderQueue } from '../../../src/wiring/cluster/order-queue.ts';

type Action = NonNullable<GivenOrder['spec']>['action'];

/** `policy action`, given in this second. */
function anOrder(said: string, second: number, version = '1'): GivenOrder {
  const [policy = '', action] = said.split(' ');
  const spec = { policy, action: action as Action, revision: 'v2', user: 'ada' };
  return {
    name: said,
    uid: `${said} ${second} ${version}`,
    version,
    createdAtMs: second * 1_000,
    startedAt: null,
    spec,
  };
}

const holding = (...orders: readonly GivenOrder[]): OrderQueue => {
  const queue = new OrderQueue();
  for (const order of orders) queue.put(order);
  return queue;
};

const begun = (queue: OrderQueue): readonly GivenOrder[] => {
  const order = queue.next();
  return order === null ? [] : [order, ...begun(queue)];
};

describe('orders that wait', () => {
  it('begin one after the other as they were given, a policy', () => {
    const [resume, pause, other] = [anOrder('app resume', 1), anOrder('app pause', 2), anOrder('web pause', 3)];
    const queue = holding(other, pause, resume);
    expect(begun(queue)).toEqual([resume, other]);
    queue.done(resume);
    expect(begun(queue)).toEqual([pause]);
  });

  it('of one second begin as their versions tell', () => {
    const [first, second] = [anOrder('app resume', 1, '99'), anOrder('app pause', 1, '100')];
    expect(begun(holding(second, first))).toEqual([first]);
  });

  it('to abort begin at once, and hold up what was given after them', () => {
    const [pause, abort, retry] = [anOrder('app pause', 1), anOrder('app abort', 2), anOrder('app retry', 3)];
    const queue = holding(pause);
    expect(begun(queue)).toEqual([pause]);
    queue.put(retry);
    queue.put(abort);
    expect(begun(queue)).toEqual([abort]);
    queue.done(pause);
    expect(begun(queue)).toEqual([]);
    queue.done(abort);
    expect(begun(queue)).toEqual([retry]);
  });

  it('to back up, or to restore, take no room, and hold up nothing but each other', () => {
    const tried = Array.from({ length: 8 }, (_, index) => anOrder(`app${index} retry`, 1));
    const [backup, restore, override] = [anOrder('app backup', 2), anOrder('app restore', 3), anOrder('app0 note', 4)];
    const queue = holding(backup, restore, ...tried, override);
    expect(begun(queue)).toEqual([...tried, backup]);
    for (const order of tried) queue.done(order);
    expect(begun(queue)).toEqual([override]);
    queue.done(backup);
    expect(begun(queue)).toEqual([restore]);
  });

  it('to take traffic away wait for none of the eight that are tried again', () => {
    const tried = Array.from({ length: 9 }, (_, index) => anOrder(`app${index} retry`, 1));
    const queue = holding(...tried);
    expect(begun(queue)).toHaveLength(8);
    const urgent = [anOrder('web abort', 2), anOrder('shop pause', 2)];
    for (const order of urgent) queue.put(order);
    expect(begun(queue)).toEqual(urgent);
  });

  it('with results wait only for each other', () => {
    const [pass, fail] = [anOrder('app attest', 1), anOrder('app attest', 2)];
    const promote = anOrder('app promote', 3);
    expect(begun(holding(promote, fail, pass))).toEqual([pass, promote]);
  });
});
