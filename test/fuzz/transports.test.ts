import { fuzz } from './fuzz-tests.js';
import { TRANSPORT_TARGETS } from './targets.js';

fuzz(TRANSPORT_TARGETS);
