/** Client of one HAProxy's runtime API: one connection a batch of commands, one deadline, and every failure named. */
import { connect, type Socket } from 'node:net';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { MissingPart, WriteProblem } from '../router.ts';
import { endpointName, type RuntimeEndpoint } from './endpoint.ts';

/** HAProxy reads one line into one buffer, of 16 KiB unless it was set lower. */
const lineBytes = 8_000;
const answerBytes = 8_000_000;

export interface AskOptions {
  readonly deadlineMs: number;
  /** A change without an answer may have happened; a question may not. */
  readonly changes: 'yes' | 'no';
}

export interface RuntimeProblem extends WriteProblem {
  /** `nobody`: nothing listens there. */
  readonly serves: MissingPart['serves'];
}

/** What HAProxy printed. Fails with `Unreachable`, or `Unknown` where a change may have landed. Never rejects. */
export async function askRuntime(
  endpoint: RuntimeEndpoint,
  commands: readonly string[],
  { deadlineMs, changes }: AskOptions,
): Promise<Result<string, RuntimeProblem>> {
  const deadline = performance.now() + deadlineMs;
  let output = '';
  for (const line of linesOf(commands)) {
    const answer = await exchange(endpoint, line, Math.max(1, deadline - performance.now()));
    if (typeof answer === 'string') {
      output += answer;
      continue;
    }
    const mayHaveLanded = changes === 'yes' && (answer.sent || output !== '');
    return failed({
      reason: mayHaveLanded ? 'Unknown' : 'Unreachable',
      message: `haproxy at ${endpointName(endpoint)}: ${answer.why}`,
      serves: answer.serves,
    });
  }
  return ok(output);
}

/** As few lines as fit: all commands of a line run in one go. */
function linesOf(commands: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const command of commands) {
    const last = lines.at(-1);
    if (last === undefined || last.length + command.length > lineBytes) lines.push(command);
    else lines[lines.length - 1] = `${last};${command}`;
  }
  return lines;
}

interface Unanswered {
  readonly why: string;
  readonly sent: boolean;
  readonly serves: MissingPart['serves'];
}

function exchange(endpoint: RuntimeEndpoint, line: string, deadlineMs: number): Promise<string | Unanswered> {
  return new Promise((resolve) => {
    const socket = open(endpoint);
    const parts: Buffer[] = [];
    let bytes = 0;
    let sent = false;
    const fail = (why: string, serves: Unanswered['serves'] = 'unknown'): void => end({ why, sent, serves });
    const end = (answer: string | Unanswered): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => fail(`no answer within ${Math.round(deadlineMs)} ms; does it hang?`), deadlineMs);
    socket.on('connect', () => {
      sent = true;
      socket.write(`${line}\n`);
    });
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes > answerBytes) fail('what answers there writes without end; is it a runtime API?');
    });
    socket.on('end', () => end(Buffer.concat(parts).toString('utf8')));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      fail(whyNot(error), error.code === 'ECONNREFUSED' ? 'nobody' : 'unknown'),
    );
  });
}

const open = (endpoint: RuntimeEndpoint): Socket =>
  endpoint.kind === 'unix'
    ? connect(endpoint.path)
    : connect({ host: endpoint.host, port: endpoint.port, noDelay: true });

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket; does haproxy run, with `stats socket PATH level admin`?',
  ECONNREFUSED: 'nobody listens there; does haproxy run, with `stats socket ... level admin`?',
  EAGAIN: 'it takes no more connections; does it hang?',
  EACCES: 'no permission for the socket; give it a `mode` or `group` that lets Sluice in',
};

const whyNot = ({ code, message }: NodeJS.ErrnoException): string => reasons[code ?? ''] ?? message;
