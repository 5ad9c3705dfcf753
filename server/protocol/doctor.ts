import { type Static, Type } from '@sinclair/typebox';
import { CandidateInit, Description, IceServer } from './events/signal.js';
import { FIELD_LIMITS } from './limits.js';
import { Milliseconds, Uint16 } from './numbers.js';

/** The result of the check of one path between a browser and the server. */
export const DoctorFinding = Type.Object({
  /** The same path has the same id in every report. */
  id: Type.String(),
  /** The side that tried it. */
  side: Type.Union([Type.Literal('browser'), Type.Literal('server')], { default: 'browser' }),
  kind: Type.Union([
    Type.Literal('udp'),
    Type.Literal('tcp'),
    Type.Literal('turn'),
    Type.Literal('stun'),
    Type.Literal('websocket'),
    Type.Literal('http'),
  ]),
  label: Type.String(),
  /** `wrong`: a setting keeps it from working for this viewer. */
  state: Type.Union([Type.Literal('works'), Type.Literal('blocked'), Type.Literal('wrong'), Type.Literal('untested')]),
  rtt_ms: Type.Union([Type.Number(), Type.Null()]),
  /** A stable word for the likely cause; null where the path works. */
  cause: Type.Union([Type.String(), Type.Null()]),
  explanation: Type.String(),
  remedy: Type.String(),
  /** Lines of a compose file that repair it, empty where there are none. */
  snippet: Type.String(),
});
export type DoctorFinding = Static<typeof DoctorFinding>;

export const DoctorReport = Type.Object({
  done: Type.Boolean(),
  tested: Type.Integer(),
  total: Type.Integer(),
  /** One sentence for people. */
  verdict: Type.String(),
  findings: Type.Array(DoctorFinding),
});
export type DoctorReport = Static<typeof DoctorReport>;

const Advertised = Type.Array(Type.Object({ type: Type.String(), address: Type.String(), port: Uint16 }));

/** The server's own side, for admins. */
export const DoctorView = Type.Object({
  took_ms: Type.Number(),
  listening: Type.Array(Type.Object({ transport: Type.String(), address: Type.String(), ports: Type.String() })),
  /** The candidates advertised to a viewer in another network. */
  advertised: Type.Object({ udp4: Advertised, udp6: Advertised, tcp4: Advertised, tcp6: Advertised }),
  external: Type.Array(Type.Object({ address: Type.String(), source: Type.String() })),
  findings: Type.Array(DoctorFinding),
});
export type DoctorView = Static<typeof DoctorView>;

/** Facts that only the page knows. Times in ms. */
export const DoctorStart = Type.Object({
  /** The page's address in the browser. */
  secure: Type.Boolean(),
  host: Type.String({ maxLength: 255 }),
  port: Uint16,
  /** WebSockets that broke: the silence before the break, and the age at the break. */
  losses: Type.Array(Type.Object({ idle_ms: Milliseconds, lifetime_ms: Milliseconds }), { maxItems: 10 }),
});
export type DoctorStart = Static<typeof DoctorStart>;

/**
 * One path to try. `connect`: answer the offer; `relay`: the same, only through `iceservers`; `gather`: no offer, find out
 * whether the servers answer. Where `expected` is given, only a pair with that remote address counts.
 */
export const DoctorProbe = Type.Object({
  probe: Type.String(),
  kind: Type.Union([Type.Literal('connect'), Type.Literal('relay'), Type.Literal('gather')]),
  sdp: Type.String(),
  iceservers: Type.Array(IceServer),
  expected: Type.Union([Type.Object({ address: Type.String(), port: Uint16 }), Type.Null()]),
  limit_ms: Type.Integer(),
});
export type DoctorProbe = Static<typeof DoctorProbe>;

const ProbeId = Type.String({ maxLength: FIELD_LIMITS.id.value });

export const DoctorResult = Type.Object({
  probe: ProbeId,
  ok: Type.Boolean(),
  /** Packets went both ways, even if a later step failed. */
  ice: Type.Boolean(),
  /** A TURN server gave a relay, or a STUN server an address. */
  gathered: Type.Boolean(),
  rtt_ms: Type.Union([Milliseconds, Type.Null()]),
  /** From the browser's icecandidateerror events. */
  errors: Type.Array(Type.Object({ code: Uint16, text: Type.String({ maxLength: 300 }), url: Type.String({ maxLength: 300 }) }), {
    maxItems: 20,
  }),
});
export type DoctorResult = Static<typeof DoctorResult>;

export const doctorClientEvents = {
  'doctor/start': DoctorStart,
  'doctor/answer': Type.Object({ probe: ProbeId, ...Description.properties }),
  'doctor/candidate': Type.Object({ probe: ProbeId, ...CandidateInit.properties }),
  'doctor/result': DoctorResult,
};

export const doctorServerEvents = {
  'doctor/probe': DoctorProbe,
  'doctor/report': DoctorReport,
  /** No run was started. */
  'doctor/refused': Type.Object({ message: Type.String() }),
};
