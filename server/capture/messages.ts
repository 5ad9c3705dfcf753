import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { err, ok, type Result } from '../lib/result.js';

/** What the supervisor tells the capture host. Encoded packets travel beside this, one pipe per stream. */
export const HostCommand = Type.Union([
  Type.Object({
    kind: Type.Literal('start'),
    id: Type.String(),
    /** The descriptor, opened at spawn, that takes this stream's packets. */
    fd: Type.Integer({ minimum: 3 }),
    kindOfMedia: Type.Union([Type.Literal('video'), Type.Literal('audio')]),
    source: Type.Union([Type.Literal('grab'), Type.Literal('own')]),
    output: Type.Union([Type.Literal('rtp'), Type.Literal('av1')]),
    keyframeBy: Type.Union([Type.Literal('event'), Type.Literal('caps')]),
    text: Type.String(),
    framesPerSecond: Type.Number({ minimum: 0 }),
    lifts: Type.Boolean(),
  }),
  Type.Object({ kind: Type.Literal('stop'), id: Type.String() }),
  /** Builds the pipeline and throws it away, which tells whether it can be built. */
  Type.Object({ kind: Type.Literal('check'), id: Type.String(), text: Type.String() }),
  Type.Object({ kind: Type.Literal('keyframe'), id: Type.String() }),
  Type.Object({ kind: Type.Literal('input') }),
  /** Asks for a sign of life. */
  Type.Object({ kind: Type.Literal('ping') }),
]);
export type HostCommand = Static<typeof HostCommand>;
export type StartCommand = Extract<HostCommand, { kind: 'start' }>;

/** What the capture host reports. */
export const HostReport = Type.Union([
  Type.Object({
    kind: Type.Literal('ready'),
    gstreamer: Type.String(),
    /** Which of the elements asked for in its arguments exist. */
    elements: Type.Array(Type.String()),
    /** Running time 0 of every pipeline on the system's monotonic clock, in ns, decimal. */
    baseNs: Type.String({ pattern: '^[0-9]{1,20}$' }),
  }),
  Type.Object({ kind: Type.Literal('screen'), width: Type.Integer({ minimum: 1 }), height: Type.Integer({ minimum: 1 }) }),
  Type.Object({ kind: Type.Literal('display-lost'), reason: Type.String() }),
  Type.Object({ kind: Type.Literal('started'), id: Type.String() }),
  /** The answer to a check, with the reason why the pipeline cannot be built. */
  Type.Object({ kind: Type.Literal('checked'), id: Type.String(), reason: Type.Optional(Type.String()) }),
  Type.Object({ kind: Type.Literal('failed'), id: Type.String(), reason: Type.String() }),
  Type.Object({ kind: Type.Literal('unusable'), reason: Type.String() }),
  /** The answer to a ping. */
  Type.Object({ kind: Type.Literal('alive') }),
  /** A pipeline of the host hangs in such a way that only a new host helps. */
  Type.Object({ kind: Type.Literal('hung'), reason: Type.String() }),
]);
export type HostReport = Static<typeof HostReport>;

/** Checks a message from the supervisor. */
export function readHostCommand(message: unknown): Result<HostCommand> {
  return Value.Check(HostCommand, message) ? ok(message) : err('not a command of the capture supervisor');
}

/** Checks a message from the host. */
export function readHostReport(message: unknown): Result<HostReport> {
  return Value.Check(HostReport, message) ? ok(message) : err('not a report of the capture host');
}
