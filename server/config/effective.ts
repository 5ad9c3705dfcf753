import { assertNever } from '../lib/assert-never.js';
import type { NamedKey } from './key.js';
import type { LoadedConfig } from './load.js';
import type { Origin } from './origin.js';
import { KEYS } from './schema.js';
import { valueAt } from './value-at.js';

/** The effective configuration as text: every key, its value with secrets hidden, and where the value came from. */
export function renderEffectiveConfig(loaded: LoadedConfig): string {
  const derived = derivedValues(loaded);
  const rows = KEYS.map((named) => {
    const shown = showSafely(named, valueAt(loaded.values, named.slot));
    const origin = loaded.origins.get(named.slot) ?? { kind: 'default' };
    const effective = derived.get(named.path);
    const from = origin.kind === 'default' && shown === '' && effective === undefined ? (named.key.defaultText ?? '') : '';
    return [named.path, effective ?? (shown || (from === '' ? '' : `(${from})`)), describe(origin)] as const;
  });
  const width = Math.max(...rows.map(([path]) => path.length));
  const lines = rows.map(([path, value, origin]) => `${path.padEnd(width)} = ${value === '' ? '""' : value}  # ${origin}`);
  return `${[...lines, ...loaded.warnings.map((warning) => `# warning: ${warning}`)].join('\n')}\n`;
}

function showSafely({ key }: NamedKey, value: unknown): string {
  const plain = key.form.show(value);
  return plain === '' || key.mask === undefined ? plain : key.mask(value);
}

/** The value in effect where it differs from the key's own value. */
function derivedValues({ config, values }: LoadedConfig): ReadonlyMap<string, string> {
  const derived = new Map<string, string>();
  const { epr } = config.webrtc;
  if (epr !== undefined) derived.set('webrtc.epr', `${epr.min}-${epr.max}`);
  else derived.set('webrtc.epr', config.webrtc.udpmux === undefined ? '(no UDP)' : '(webrtc.udpmux instead)');
  if (config.desktop.display !== undefined) derived.set('desktop.display', config.desktop.display);
  if (config.capture.video.display !== undefined) derived.set('capture.video.display', config.capture.video.display);
  derived.set('capture.video.ids', config.capture.video.ids.join(' '));
  derived.set('server.path_prefix', config.server.pathPrefix);
  derived.set('log.level', config.log.level);
  if (values.session.control_protection) derived.set('session.locked_controls', 'true');
  return derived;
}

function describe(origin: Origin): string {
  switch (origin.kind) {
    case 'default':
      return 'default';
    case 'file':
      return `file ${origin.path}${origin.name.includes('.') ? '' : ` (${origin.name})`}`;
    case 'env':
      return `env ${origin.name}`;
    case 'flag':
      return `flag ${origin.name}`;
    default:
      return assertNever(origin);
  }
}
