/** The Debian packages of the elements that generated pipelines use, for errors that say what to install. */
const PACKAGES: ReadonlyArray<readonly [pattern: RegExp, packageName: string]> = [
  [/^(x264enc)$/, 'gstreamer1.0-plugins-ugly'],
  [/^avenc_/, 'gstreamer1.0-libav'],
  [/^vaapi/, 'gstreamer1.0-vaapi'],
  [
    /^(appsrc|videoconvert|videoscale|audioconvert|audioresample|opusenc|ximagesrc)$/,
    'gstreamer1.0-plugins-base and gstreamer1.0-x',
  ],
  [/^(vp8enc|vp9enc|pulsesrc|rtp\w+pay|mulawenc|alawenc|rtpstreampay)$/, 'gstreamer1.0-plugins-good and gstreamer1.0-pulseaudio'],
  [/^(openh264enc|x265enc|av1enc|gdppay|h26[45]parse|va\w+|nv\w+)$/, 'gstreamer1.0-plugins-bad'],
];

/** Turns what GStreamer says about a pipeline into what can be done about it; other messages stay as they are. */
export function explainStreamError(message: string): string {
  const unreachable = /^Failed to connect: (.*)/.exec(message)?.[1];
  if (unreachable !== undefined)
    return `PulseAudio does not answer (${unreachable}): start it, or name its socket in PULSE_SERVER`;
  if (/^Failed to connect stream: No such entity/.test(message)) {
    return 'PulseAudio has no such source: capture.audio.device must name one that "pactl list short sources" shows';
  }
  const element = /no element "([^"]+)"/.exec(message)?.[1];
  if (element === undefined) return message;
  const found = PACKAGES.find(([pattern]) => pattern.test(element));
  return found === undefined ? message : `GStreamer has no element "${element}": install ${found[1]}`;
}
