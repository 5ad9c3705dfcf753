// Messages of apt, dpkg and npm whose cause lies outside of them, and advice for the reader.

/** @type {readonly (readonly [RegExp, string])[]} */
const ADVICE = [
  [/no space left on device|enough free space|ENOSPC/i, 'The disk is full: make room, then start again.'],
  [
    /could not get lock|unable to acquire the dpkg|unable to lock/i,
    'Another program installs packages just now (automatic upgrades, mostly): start again when it is done.',
  ],
  [
    /failed to fetch|temporary failure resolving|could not resolve|could not connect|unable to connect/i,
    'The package archive cannot be reached: check the network of this machine (and its proxy, if it has one), then start again.',
  ],
  [
    /unable to locate package|no installation candidate/i,
    'The package sources of this machine do not have these packages: Debian 12 or 13 is needed, with "main" among its sources.',
  ],
  [
    /self[- _]signed[- _]cert|unable_to_(get|verify)/i,
    'The certificate of the npm registry is not trusted: if a proxy reads along here, let NODE_EXTRA_CA_CERTS name its certificate.',
  ],
  [
    /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/,
    'The npm registry cannot be reached: check the network of this machine (and "npm config get registry proxy"), then start again.',
  ],
  [/EACCES|EPERM|EROFS/, 'A file or folder cannot be written to: make it yours (chown), or start as the user who owns it.'],
];

/**
 * One sentence of advice on the output of a failed program; undefined when the output explains itself.
 * @param {string} said
 */
export function failureAdvice(said) {
  return ADVICE.find(([pattern]) => pattern.test(said))?.[1];
}
