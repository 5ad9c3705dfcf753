import { expect, test } from 'vitest';
import { failureAdvice } from '../../../docker/lib/setup/failure-advice.mjs';

test.each([
  [
    "W: Failed to fetch http://deb.debian.org/x  Temporary failure resolving 'deb.debian.org'",
    'package archive cannot be reached',
  ],
  [
    'Err:1 Could not connect to debian.example:80 (192.0.2.1). - connect (113: No route to host)',
    'package archive cannot be reached',
  ],
  ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 12 (apt-get)', 'Another program installs packages'],
  ["E: You don't have enough free space in /var/cache/apt/archives/.", 'The disk is full'],
  ['npm error nospc ENOSPC: no space left on device, write', 'The disk is full'],
  ['E: Unable to locate package chromium', 'package sources of this machine do not have'],
  ['npm error code EAI_AGAIN\nnpm error request to https://registry.npmjs.org/vue failed', 'npm registry cannot be reached'],
  ['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
  ["EACCES: permission denied, unlink '/srv/neko/dist/.server'", 'cannot be written to'],
])('%s', (said, advice) => {
  expect(failureAdvice(said)).toContain(advice);
});

test('what explains itself gets no advice', () => {
  expect(failureAdvice("server/app.ts(3,1): error TS2304: Cannot find name 'x'.")).toBeUndefined();
});
