import './style.css';
import { systemClock } from '../server/lib/clock.js';
import { Connection } from './connection/connection.js';
import { readLink } from './connection/links.js';

// Secrets leave the address bar before anything else happens.
const link = readLink(location.href);
if (link.cleaned !== location.href) history.replaceState(null, '', link.cleaned);

// The connection is on its way while Vue is still being loaded: the picture does not wait for the page around it.
const connection = new Connection(document.baseURI, systemClock);
connection.start(link.credentials);
window.addEventListener('online', () => connection.wake(true));
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && connection.wake(false));

void Promise.all([import('./mount.js'), parsed()]).then(([{ mount }]) => mount(connection));

function parsed(): Promise<void> {
  if (document.readyState !== 'loading') return Promise.resolve();
  return new Promise((resolve) => document.addEventListener('DOMContentLoaded', () => resolve(), { once: true }));
}
