/** Whether the body of an answer is what was asked for. */
import { createContext, Script } from 'node:vm';
import type { HttpAskSpec } from '../release/check-spec.ts';

export interface Body {
  readonly text: string;
  readonly type: string;
}

/** A pattern that needs longer goes round in circles. */
const longestMatchMs = 20;

/** What of a body is matched. */
const matchedLength = 65_536;

/** null: it is; otherwise what is wrong, after `ADDRESS `. */
export function bodyProblem({ body, method }: HttpAskSpec, { text, type }: Body): string | null {
  if (method === 'HEAD') return null;
  if (body === null)
    return isPage(type)
      ? 'answered an HTML page, which nobody asked for: is it a login? contains or matches says what it must hold'
      : null;
  if (text === '') return 'answered nothing';
  if (body.kind === 'contains') return text.includes(body.text) ? null : `answered without "${body.text.slice(0, 80)}"`;
  return matchProblem(body.pattern, text.slice(0, matchedLength));
}

const isPage = (type: string): boolean => /^\s*(text\/html|application\/xhtml)/i.test(type);

/** In a context that is ended when its time is over: no pattern stops the loop. */
function matchProblem(pattern: string, text: string): string | null {
  const context = createContext(Object.assign(Object.create(null), { pattern, text }) as object);
  try {
    const found: unknown = new Script("new RegExp(pattern, 'u').test(text)").runInContext(context, {
      timeout: longestMatchMs,
    });
    return found === true ? null : `answered without a match of ${pattern.slice(0, 80)}`;
  } catch {
    return `could not be matched with ${pattern.slice(0, 80)} within ${longestMatchMs} ms: write a simpler pattern`;
  }
}
