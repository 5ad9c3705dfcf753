import { writeFileSync } from 'node:fs';
import { renderLimits } from './limits-reference.js';

writeFileSync(new URL('../../../docs/limits.md', import.meta.url), renderLimits());
