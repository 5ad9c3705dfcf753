import { fuzz } from './fuzz-tests.js';
import { CONTENT_TARGETS } from './targets.js';

fuzz(CONTENT_TARGETS);
