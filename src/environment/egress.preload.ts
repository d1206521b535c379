/** Installs the egress guard before anything else is loaded: `node --import ./dist/environment/egress.preload.js`. */
import { guardEgress } from './egress.guard.js';

guardEgress();
