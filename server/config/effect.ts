/**
 * Settings that are read and checked, but change nothing yet, by path or by the parent of several.
 * SETTINGS.md marks them; a feature that gets built takes its line away.
 */
export const NOT_YET: readonly string[] = [
  'server.metrics',
  'desktop.input',
  'desktop.upload_drop',
  'desktop.file_chooser_dialog',
  'capture.broadcast',
  'capture.screencast',
  'capture.webcam',
  'capture.microphone',
  'chat',
  'filetransfer',
  'openinapp',
];

/** Settings of neko that have no meaning here. They are accepted, so that neko's files load. */
export const NEVER: readonly string[] = ['server.pprof', 'plugins'];

/** Whether a setting has an effect in this version. */
export function effectOf(path: string): 'now' | 'not yet' | 'never' {
  const within = (parents: readonly string[]) => parents.some((parent) => path === parent || path.startsWith(`${parent}.`));
  if (within(NEVER)) return 'never';
  return within(NOT_YET) ? 'not yet' : 'now';
}
