/** Last raw counters, kept with the evidence, so that each increment counts exactly once. Plain JSON. */

export interface CounterMemory {
  readonly kind: 'empty';
}
