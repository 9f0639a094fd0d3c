/** Waits until something that grew grows no more. */
import { eventually } from './eventually.ts';

/** Settles when `amount` is above 0 and the same at two looks, 0.3 s apart. */
export async function standsStill(amount: () => number): Promise<void> {
  let before = -1;
  await eventually(
    () => {
      const now = amount();
      const still = now > 0 && now === before;
      before = now;
      return still;
    },
    { everyMs: 300 },
  );
}
