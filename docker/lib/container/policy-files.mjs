// Browsers silently skip a policy file that they cannot parse, with every restriction in it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonFault } from '../json-fault.mjs';

const FOLDERS = ['/etc/chromium', '/etc/chromium-browser', '/etc/opt/chrome', '/etc/opt/edge', '/etc/brave', '/etc/vivaldi'];
const FILES = [
  '/usr/lib/firefox/distribution/policies.json',
  '/usr/lib/firefox-esr/distribution/policies.json',
  '/etc/firefox/policies/policies.json',
  '/etc/firefox-esr/policies/policies.json',
];

/** Every existing policy file of a browser. */
function policyFiles() {
  const folders = FOLDERS.flatMap((folder) => ['managed', 'recommended'].map((kind) => join(folder, 'policies', kind)));
  const inFolders = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return [...inFolders.filter((path) => path.endsWith('.json')), ...FILES.filter((path) => existsSync(path))];
}

/**
 * One warning for each policy file that a browser of the user will ignore; `mayRead(path)`: whether that user can read it.
 * @param {(path: string) => boolean} mayRead
 * @param {readonly string[]} paths
 */
export function policyWarnings(mayRead, paths = policyFiles()) {
  return paths.flatMap((path) => {
    /** @param {string} reason */
    const ignored = (reason) => [`${path}: ${reason}. The browser ignores this whole policy file, and every restriction in it.`];
    if (!mayRead(path)) return ignored('the user of the browser cannot read it');
    const fault = jsonFault(readFileSync(path, 'utf8'));
    return fault === undefined ? [] : ignored(`not valid JSON at line ${fault.line}, column ${fault.column}: ${fault.reason}`);
  });
}
