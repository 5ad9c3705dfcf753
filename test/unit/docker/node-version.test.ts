import { expect, test } from 'vitest';
import { checkNodeVersion } from '../../../docker/lib/setup/node-version.mjs';

test.each(['20.19.0', '20.20.2', '22.1.0'])('Node %s is new enough', (version) => {
  expect(() => checkNodeVersion(version)).not.toThrow();
});

test.each(['18.20.4', '20.18.9'])('Node %s is refused', (version) => {
  expect(() => checkNodeVersion(version)).toThrow(`Node 20.19 or newer is needed; this is ${version}`);
});
