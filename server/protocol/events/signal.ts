import { type Static, Type } from '@sinclair/typebox';
import { FIELD_LIMITS } from '../limits.js';
import { Uint16, Uint64 } from '../numbers.js';

/** Picks one of the ordered video streams. Bitrates in bytes per second, as neko measures them. */
export const StreamSelector = Type.Object({
  type: Type.Union([Type.Literal('exact'), Type.Literal('nearest'), Type.Literal('lower'), Type.Literal('higher')], {
    default: 'exact',
  }),
  id: Type.String({ maxLength: FIELD_LIMITS.id.value }),
  bitrate: Uint64,
});
export type StreamSelector = Static<typeof StreamSelector>;

/** A request about the video of one peer; absent fields stay as they are. */
export const PeerVideoRequest = Type.Object({
  disabled: Type.Optional(Type.Boolean()),
  selector: Type.Optional(StreamSelector),
  auto: Type.Optional(Type.Boolean()),
});
export type PeerVideoRequest = Static<typeof PeerVideoRequest>;

export const PeerAudioRequest = Type.Object({ disabled: Type.Optional(Type.Boolean()) });
export type PeerAudioRequest = Static<typeof PeerAudioRequest>;

/** `auto` counts where `video.auto` is absent. */
export const SignalRequest = Type.Object({
  video: PeerVideoRequest,
  audio: PeerAudioRequest,
  auto: Type.Optional(Type.Boolean()),
});
export type SignalRequest = Static<typeof SignalRequest>;

/** The state of a peer's video; `video` repeats `id` for old clients. */
export const PeerVideo = Type.Object({ disabled: Type.Boolean(), id: Type.String(), video: Type.String(), auto: Type.Boolean() });
export type PeerVideo = Static<typeof PeerVideo>;

export const PeerAudio = Type.Object({ disabled: Type.Boolean() });
export type PeerAudio = Static<typeof PeerAudio>;

export const IceServer = Type.Object({
  urls: Type.Array(Type.String(), { minItems: 1 }),
  username: Type.Optional(Type.String()),
  credential: Type.Optional(Type.String()),
});
export type IceServer = Static<typeof IceServer>;

const CandidateText = Type.String({ maxLength: FIELD_LIMITS.candidate.value });
const CandidateWord = Type.String({ maxLength: FIELD_LIMITS.id.value });

/** A trickled candidate; an empty `candidate` ends the list. */
export const CandidateInit = Type.Object({
  candidate: CandidateText,
  sdpMid: Type.Union([CandidateWord, Type.Null()]),
  sdpMLineIndex: Type.Union([Uint16, Type.Null()]),
  usernameFragment: Type.Union([CandidateWord, Type.Null()]),
});
export type CandidateInit = Static<typeof CandidateInit>;

const Sdp = Type.String({ maxLength: FIELD_LIMITS.sdp.value });

export const Description = Type.Object({ sdp: Sdp });
export type Description = Static<typeof Description>;

export const SignalProvide = Type.Object({
  sdp: Type.String(),
  iceservers: Type.Array(IceServer),
  video: PeerVideo,
  audio: PeerAudio,
});
export type SignalProvide = Static<typeof SignalProvide>;

/** Why a `signal/request` gets no `signal/provide`; an event of ours, which neko's clients ignore. */
export const SignalRefused = Type.Object({ message: Type.String() });
export type SignalRefused = Static<typeof SignalRefused>;

/** ICE servers in place of those of `signal/provide`, whose credentials end soon; an event of ours, as above. */
export const SignalIceServers = Type.Object({ iceservers: Type.Array(IceServer) });
export type SignalIceServers = Static<typeof SignalIceServers>;

/** How long received sound waits in the client for being played, 0 while it plays none; an event of ours. */
export const SignalPlayout = Type.Object({ sound_delay_ms: Type.Number({ minimum: 0, maximum: 10_000 }) });
export type SignalPlayout = Static<typeof SignalPlayout>;

export const signalClientEvents = {
  'signal/request': SignalRequest,
  'signal/offer': Description,
  'signal/answer': Description,
  'signal/candidate': CandidateInit,
  'signal/restart': null,
  'signal/video': PeerVideoRequest,
  'signal/audio': PeerAudioRequest,
  'signal/playout': SignalPlayout,
};

export const signalServerEvents = {
  'signal/provide': SignalProvide,
  'signal/offer': Description,
  'signal/answer': Description,
  'signal/candidate': CandidateInit,
  'signal/restart': Description,
  'signal/video': PeerVideo,
  'signal/audio': PeerAudio,
  'signal/close': Type.Null(),
  'signal/refused': SignalRefused,
  'signal/iceservers': SignalIceServers,
};
