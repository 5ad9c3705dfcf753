import { type Static, Type } from '@sinclair/typebox';

/** Pictures of the screen, which the worker puts into an `appsrc`. */
const PictureInput = Type.Object({
  kind: Type.Literal('pictures'),
  element: Type.String(),
  /** The X display, where it is not the one that streams show. */
  display: Type.Optional(Type.String()),
  /** `damage`: whenever the screen changes, as the pacer says; `request`: one for each request. */
  pace: Type.Union([Type.Literal('damage'), Type.Literal('request')]),
  /** The cap of pictures that come by damage. */
  framesPerSecond: Type.Number({ exclusiveMinimum: 0 }),
  /** Whether the cap lifts for a moment after an input. */
  lifts: Type.Boolean(),
});

/** Bytes that the server writes into a pipe and a `fdsrc` reads, such as sound. */
const SampleInput = Type.Object({ kind: Type.Literal('samples'), element: Type.String() });

/** RTP packets in the framing of RFC 4571, from a `fdsink` that writes those, or AV1 temporal units for our own payloader. */
const PacketOutput = Type.Object({
  kind: Type.Literal('packets'),
  element: Type.String(),
  media: Type.Union([Type.Literal('video'), Type.Literal('audio')]),
  made: Type.Union([Type.Literal('rtp'), Type.Literal('av1')]),
});

/** Whole images, each behind its length in 32 bits, from a `gdppay ! fdsink`. */
const ImageOutput = Type.Object({ kind: Type.Literal('images'), element: Type.String() });

/** The value that a property of an element gets, as `gst-launch` reads it. */
export const Setting = Type.Object({ element: Type.String(), property: Type.String(), value: Type.String() });
export type Setting = Static<typeof Setting>;

/**
 * What the GStreamer worker runs: one pipeline, its named ends and how it is asked for keyframes. A job without outputs has a sink
 * of its own.
 */
export const Job = Type.Object({
  /** The launch text, as `gst-launch` has it. */
  text: Type.String(),
  inputs: Type.Array(Type.Union([PictureInput, SampleInput])),
  outputs: Type.Array(Type.Union([PacketOutput, ImageOutput])),
  keyframeBy: Type.Union([Type.Literal('event'), Type.Literal('caps')]),
  /** What is set before it starts; more may be set while it runs. */
  settings: Type.Array(Setting),
});
export type Job = Static<typeof Job>;
export type JobOutput = Job['outputs'][number];
export type PictureInput = Static<typeof PictureInput>;

export const SOURCE = 'source';
export const OUTPUT = 'output';

/** The ends of a job that are pipes to the server. */
export function pipesOf({ inputs, outputs }: Job): readonly { readonly element: string; readonly toServer: boolean }[] {
  const samples = inputs.filter(({ kind }) => kind === 'samples');
  return [
    ...samples.map(({ element }) => ({ element, toServer: false })),
    ...outputs.map(({ element }) => ({ element, toServer: true })),
  ];
}
