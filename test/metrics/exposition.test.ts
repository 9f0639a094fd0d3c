import fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { type ExpositionFormat, parseExposition } from '../../src/metrics/exposition.ts';

const rows = (text: string, format: ExpositionFormat = 'text') => {
  const parsed = parseExposition(text, format);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value.map(({ metric, labels, value, atMs }) => ({ metric, labels, value, atMs }));
};
const problem = (text: string, format: ExpositionFormat = 'text') => {
  const parsed = parseExposition(text, format);
  return parsed.ok ? null : parsed.error;
};

describe('the text format', () => {
  it('is read with its blanks, escapes, times and odd numbers', () => {
    const text = [
      '# HELP http_requests_total Requests, with a \\n in it.',
      '# TYPE http_requests_total counter',
      'http_requests_total{method="post",code="200"} 1027 1395066363000',
      'http_requests_total { method = "p\\"o\\\\s\\nt" , code = "400", }\t3',
      '',
      '  no_labels 12.47  ',
      'empty{} 1e-3',
      'nan NaN',
      'inf{le="+Inf"} +Inf',
      'negative -Inf -3982045',
      'windows{path="C:\\\\DIR\\x"} 0\r',
    ].join('\n');
    expect(rows(text)).toEqual([
      { metric: 'http_requests_total', labels: { method: 'post', code: '200' }, value: 1027, atMs: 1395066363000 },
      { metric: 'http_requests_total', labels: { method: 'p"o\\s\nt', code: '400' }, value: 3, atMs: null },
      { metric: 'no_labels', labels: {}, value: 12.47, atMs: null },
      { metric: 'empty', labels: {}, value: 0.001, atMs: null },
      { metric: 'nan', labels: {}, value: Number.NaN, atMs: null },
      { metric: 'inf', labels: { le: '+Inf' }, value: Number.POSITIVE_INFINITY, atMs: null },
      { metric: 'negative', labels: {}, value: Number.NEGATIVE_INFINITY, atMs: -3982045 },
      { metric: 'windows', labels: { path: 'C:\\DIR\\x' }, value: 0, atMs: null },
    ]);
  });

  it.each([
    ['a{b="c} 1', /line 1: labels/],
    ['ok 1\na{b="c" d="e"} 1', /line 2: labels/],
    ['a{b=c} 1', /labels/],
    ['a', /no number/],
    ['a ""', /no number/],
    ['a 0x10', /no number/],
    ['a 1 2 3', /no number/],
    ['a 1 soon', /time/],
    ['<html>', /no metric name/],
    ['{"json": true}', /no metric name/],
  ])('%j is refused with its line', (text, message) => {
    expect(problem(text)).toMatch(message);
  });

  it('is what prom-client writes', async () => {
    const registry = new Registry();
    const counter = new Counter({ name: 'c_total', help: 'h', labelNames: ['path'], registers: [registry] });
    const histogram = new Histogram({ name: 'h', help: 'h', buckets: [0.1, 1], registers: [registry] });
    counter.inc({ path: 'a"\\\n}' }, 2);
    histogram.observe(0.5);
    const read = rows(await registry.metrics());
    expect(read).toContainEqual({ metric: 'c_total', labels: { path: 'a"\\\n}' }, value: 2, atMs: null });
    expect(read).toContainEqual({ metric: 'h_bucket', labels: { le: '1' }, value: 1, atMs: null });
  });
});

describe('OpenMetrics', () => {
  it('is read with exemplars, seconds, `_created`, and its end', () => {
    const text = [
      '# TYPE foo histogram',
      'foo_bucket{le="0.1"} 8 # {trace_id="a # b"} 0.054',
      'foo_bucket{le="+Inf"} 17 1520879607.789 # {trace_id="x"} 9.8 1520879607.7',
      'foo_created{} 1520430000.123',
      '# EOF',
      '',
    ].join('\n');
    expect(rows(text, 'openmetrics')).toEqual([
      { metric: 'foo_bucket', labels: { le: '0.1' }, value: 8, atMs: null },
      { metric: 'foo_bucket', labels: { le: '+Inf' }, value: 17, atMs: 1520879607789 },
      { metric: 'foo_created', labels: {}, value: 1520430000.123, atMs: null },
    ]);
  });

  it('without its end, or with more after it, is refused', () => {
    expect(problem('a 1\n', 'openmetrics')).toMatch(/no # EOF/);
    expect(problem('a 1\n# EOF\nb 1\n', 'openmetrics')).toMatch(/line 3: text after/);
  });
});

describe('any text', () => {
  const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,8}$/);
  const label = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/);
  const quoted = (value: string): string =>
    value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

  it('written by the rules is read back as it was', () => {
    const value = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !text.includes('\r'));
    const sample = fc.record({ name, labels: fc.dictionary(label, value, { maxKeys: 4 }), value: fc.double() });
    fc.assert(
      fc.property(fc.array(sample), (samples) => {
        const text = samples
          .map((each) => {
            const labels = Object.entries(each.labels).map(([key, text]) => `${key}="${quoted(text)}"`);
            return `${each.name}{${labels.join(',')}} ${String(each.value).replace('Infinity', 'Inf')}\n`;
          })
          .join('');
        const read = rows(text);
        expect(read.map(({ metric }) => metric)).toEqual(samples.map((each) => each.name));
        expect(read.map(({ labels }) => Object.entries(labels))).toEqual(
          samples.map((each) => Object.entries(each.labels)),
        );
        expect(read.map((each) => each.value)).toEqual(samples.map((each) => each.value + 0));
      }),
    );
  });

  it('is read or refused, never thrown at, and quickly', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('{', '}', '"', '\\', '=', ',', ' ', '\n', '#', 'a', '1', '# EOF\n'),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.constantFrom<ExpositionFormat>('text', 'openmetrics'), (pieces, format) => {
        expect(typeof parseExposition(pieces.join(''), format).ok).toBe('boolean');
      }),
    );
    const nasty = `a{b="${'\\'.repeat(200_000)}`;
    const begun = performance.now();
    expect(problem(nasty)).toMatch(/labels/);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
