import { expect, it } from 'vitest';
import { instanceName } from '../../src/lib/instance-name.ts';

it.each([
  ['http://10.0.0.7:80', '10.0.0.7:80'],
  ['http://10.0.0.7', '10.0.0.7:80'],
  ['https://shop.example/x', 'shop.example:443'],
  ['https://shop.example:80', 'shop.example:80'],
  ['http://[::1]:8080/metrics', '[::1]:8080'],
])('an instance at %s is %s in metrics', (url, named) => {
  expect(instanceName(url)).toBe(named);
});
