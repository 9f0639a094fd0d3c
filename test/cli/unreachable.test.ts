import axios from 'axios';
import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/cli/api-client.ts';
import { unreachable } from '../../src/cli/unreachable.ts';
import { sluice } from '../support/sluice-command.ts';
import { startUpstream } from '../support/upstream.ts';

const told = (code: string, what: 'question' | 'order' = 'question'): string =>
  unreachable(new axios.AxiosError('it broke', code), { server: 'http://a:1', what }).message;

describe('a controller that can not be reached', () => {
  it.each([
    ['ECONNREFUSED', 'no controller answers at http://a:1: start one with `sluice run POLICY`'],
    ['ENOTFOUND', 'nobody knows the name in http://a:1: check --server'],
    ['ECONNRESET', 'no controller answers at http://a:1 any more: the connection was cut'],
    ['ECONNABORTED', 'http://a:1 took the request and has not answered in time'],
    ['EPROTO', 'http://a:1 could not be asked: it broke'],
  ])('%s', (code, words) => expect(told(code)).toContain(words));

  it('leaves it open whether an order was carried out, unless it was never sent', () => {
    expect(told('ECONNRESET', 'order')).toContain('whether it was done: look with `sluice list`');
    expect(told('ECONNREFUSED', 'order')).not.toContain('whether');
  });

  it('is told from one that is silent', async () => {
    const { origin } = await startUpstream(() => {});
    const answer = await new ApiClient(origin, null, 50).releases();
    expect(answer).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('has not answered in time') },
    });
  });

  it('is named with the scheme that is missing', async () => {
    const { code, err } = await sluice(['list', '--server', 'localhost:7581']);
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('did you mean http://localhost:7581?') });
  });
});
