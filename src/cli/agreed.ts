/** A question to whoever sits at the terminal; where nobody does, the answer is no. */
import { createInterface } from 'node:readline/promises';

export async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`${question} [yes/no] `);
  asking.close();
  return ['y', 'yes'].includes(answer.trim().toLowerCase());
}
