/**
 * Adds `stereo=1` to the Opus parameters of an SDP answer. Browsers decode Opus to mono unless their own description
 * asks for stereo (RFC 7587 section 7.1), and do not copy that parameter from the offer.
 */
export function stereoAnswer(sdp: string): string {
  const payloadType = /^a=rtpmap:(\d+) opus\//im.exec(sdp)?.[1];
  if (payloadType === undefined) return sdp;
  const fmtp = new RegExp(`^(a=fmtp:${payloadType} )(.*)$`, 'm');
  return sdp.replace(fmtp, (line, head: string, parameters: string) =>
    /(^|;\s*)stereo=/.test(parameters) ? line : `${head}${parameters.trimEnd()};stereo=1${parameters.endsWith('\r') ? '\r' : ''}`,
  );
}
