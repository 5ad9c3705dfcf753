/**
 * Settings that are read and checked, but change nothing yet, by path or by the parent of several.
 * The reference says so; whoever builds a feature takes its line away.
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
  'webrtc.estimator',
  'chat',
  'filetransfer',
  'openinapp',
];

/** Settings that neko has and that can mean nothing here. They are accepted, so that its files load. */
export const NEVER: readonly string[] = ['server.pprof', 'plugins'];

/** Whether a setting has an effect in this version. */
export function effectOf(path: string): 'now' | 'not yet' | 'never' {
  const within = (parents: readonly string[]) => parents.some((parent) => path === parent || path.startsWith(`${parent}.`));
  if (within(NEVER)) return 'never';
  return within(NOT_YET) ? 'not yet' : 'now';
}
