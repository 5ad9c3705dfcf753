import type { Codec } from '../../protocol/codec.js';
import type { RemoteCodec } from './read-description.js';

/** A codec of ours as the other side has it. */
export interface CommonCodec {
  readonly codec: Codec;
  readonly remote: RemoteCodec;
  /** The number of retransmissions of it (RFC 4588 section 8.6). */
  readonly rtxPayloadType: number | undefined;
}

/** The difference between formats of one codec: the parameter, its default, and how much of its value counts. */
const FORMATS: Readonly<Partial<Record<Codec['name'], readonly (readonly [name: string, preset: string, length: number])[]>>> = {
  // RFC 6184 section 8.1: the profile is in the first byte; levels may differ.
  h264: [
    ['packetization-mode', '0', 1],
    ['profile-level-id', '42', 2],
  ],
  h265: [['profile-id', '1', 3]],
  vp9: [['profile-id', '0', 3]],
  av1: [['profile', '0', 3]],
};

/** The codecs that both sides have, in the order of ours. */
export function commonCodecs(codecs: readonly Codec[], remotes: readonly RemoteCodec[]): CommonCodec[] {
  return codecs.flatMap((codec) => {
    const remote = remoteOf(codec, remotes);
    return remote === undefined ? [] : [{ codec, remote, rtxPayloadType: rtxOf(remote.payloadType, remotes) }];
  });
}

/** The other side's entry for a codec: of the same format where there is one, else the first of its name. */
export function remoteOf(codec: Codec, remotes: readonly RemoteCodec[]): RemoteCodec | undefined {
  const namesakes = remotes.filter((remote) => isSameCodec(codec, remote));
  return namesakes.find((remote) => isSameFormat(codec, remote.fmtp)) ?? namesakes[0];
}

function isSameCodec(codec: Codec, { encodingName, clockRateHz }: RemoteCodec): boolean {
  return encodingName.toLowerCase() === codec.encodingName.toLowerCase() && clockRateHz === codec.clockRateHz;
}

function isSameFormat(codec: Codec, theirs: string | undefined): boolean {
  const formats = FORMATS[codec.name] ?? [];
  const [mine, other] = [parametersOf(codec.fmtp), parametersOf(theirs)];
  return formats.every(([name, preset, length]) => {
    const valueIn = (parameters: ReadonlyMap<string, string>) => (parameters.get(name) ?? preset).slice(0, length).toLowerCase();
    return valueIn(mine) === valueIn(other);
  });
}

/** The number that retransmissions of a payload type have, if it has any. */
export function rtxOf(payloadType: number, remotes: readonly RemoteCodec[]): number | undefined {
  return remotes.find(
    ({ encodingName, fmtp }) => encodingName.toLowerCase() === 'rtx' && parametersOf(fmtp).get('apt') === String(payloadType),
  )?.payloadType;
}

/** `a=1;b=2` of a format line. */
function parametersOf(fmtp: string | undefined): ReadonlyMap<string, string> {
  const pairs = (fmtp ?? '').split(';').map((each) => each.split('=', 2));
  return new Map(pairs.map(([name = '', value = '']) => [name.trim().toLowerCase(), value.trim()]));
}
