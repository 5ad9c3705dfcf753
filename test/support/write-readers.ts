import { writeFileSync } from 'node:fs';
import { compileReaders } from '../../client/wire/compile-readers.js';

writeFileSync(new URL('../../client/wire/readers.ts', import.meta.url), compileReaders());
