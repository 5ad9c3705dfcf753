import { readFileSync, writeFileSync } from 'node:fs';
import { withErrors } from './errors-reference.js';

const page = new URL('../../docs/api.md', import.meta.url);
writeFileSync(page, withErrors(readFileSync(page, 'utf8')));
