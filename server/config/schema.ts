import { envName, type NamedKey, type SettingKey, type ValuesOf } from './key.js';
import { globalSchema, serverSchema, sessionSchema } from './schema/base.js';
import { captureSchema } from './schema/capture.js';
import { desktopSchema } from './schema/desktop.js';
import { memberSchema } from './schema/member.js';
import { chatSchema, fileTransferSchema, openInAppSchema, pluginsSchema } from './schema/plugins.js';
import { webrtcSchema } from './schema/webrtc.js';

/** Every v3 setting and ours (SPEC.md CF15), in the order of the reference. */
export const SCHEMA = {
  ...globalSchema,
  server: serverSchema,
  session: sessionSchema,
  member: memberSchema,
  desktop: desktopSchema,
  capture: captureSchema,
  webrtc: webrtcSchema,
  plugins: pluginsSchema,
  chat: chatSchema,
  filetransfer: fileTransferSchema,
  openinapp: openInAppSchema,
};

export type Values = ValuesOf<typeof SCHEMA>;

function isKey(node: object): node is SettingKey<unknown> {
  return 'form' in node && 'default' in node;
}

function collect(node: object, prefix: string): readonly NamedKey[] {
  return Object.entries(node).flatMap(([name, child]: [string, object]) => {
    const slot = prefix === '' ? name : `${prefix}.${name}`;
    if (!isKey(child)) return collect(child, slot);
    const path = child.path ?? slot;
    return [{ slot, path, env: envName(path), flag: `--${path}`, key: child }];
  });
}

/** All keys with their names. */
export const KEYS: readonly NamedKey[] = collect(SCHEMA, '');
