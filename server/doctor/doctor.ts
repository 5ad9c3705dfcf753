import { localAddresses } from '../ice/candidates/local-addresses.js';
import type { IceServerWithCa, IceTransports, IceTransportsOptions } from '../ice/ice-types.js';
import type { Clock } from '../lib/clock.js';
import type { Log } from '../lib/log.js';
import { err, ok, type Result } from '../lib/result.js';
import type { DoctorResult, DoctorStart, DoctorView } from '../protocol/doctor.js';
import { REFUSED_EVENTS } from '../protocol/errors/refused-events.js';
import { ProbePeer } from '../webrtc/probe-peer.js';
import { createCertificate } from '../webrtc/transport/certificate.js';
import type { HttpPort } from './check-http.js';
import type { DoctorFacts } from './diagnosis/facts.js';
import { type DoctorMessage, DoctorRun } from './doctor-run.js';
import { inContainer } from './in-container.js';
import { lookAtServer, type ServerLook } from './server-view.js';
import { startTable } from './start-table.js';

export interface DoctorOptions {
  readonly ice: IceTransports;
  /** The options that ICE was made with. */
  readonly iceOptions: Pick<
    IceTransportsOptions,
    'udp' | 'tcp' | 'lite' | 'nat1to1' | 'foundAddresses' | 'candidates' | 'servers' | 'turn'
  >;
  /** The list sent to browsers. */
  readonly frontendServers: readonly IceServerWithCa[];
  readonly http: HttpPort & { readonly proxy: boolean };
  readonly clock: Clock;
  readonly log: Log;
}

export interface DoctorVisitor {
  readonly clientAddress: string;
  /** An admin is also sent the results of the server's own tries. */
  readonly isAdmin: boolean;
  send(message: DoctorMessage): void;
}

export interface Doctor {
  /** The server's own view; one check at a time, whose result all callers share. */
  serverView(): Promise<DoctorView>;
  /** Begins a session's check in place of an older one; errors when it has just had one, or too many are under way. */
  start(sessionId: string, page: DoctorStart, visitor: DoctorVisitor): Result<void>;
  answer(sessionId: string, probe: string, sdp: string): Result<void>;
  candidate(sessionId: string, probe: string, text: string): Result<void>;
  result(sessionId: string, result: DoctorResult): Result<void>;
  /** Looks at the server's side in the background and logs it as a table. */
  logAtStart(): void;
  close(): void;
}

const MAX_RUNS = 4;
const PAUSE_MS = 3000;
/** A result so recent serves the next check, too. */
const FRESH_MS = 10_000;

export async function openDoctor(options: DoctorOptions): Promise<Doctor> {
  const { ice, iceOptions, http, clock, log } = options;
  const certificate = createCertificate();
  const runs = new Map<string, DoctorRun>();
  const startedMs = new Map<string, number>();
  const isContainer = inContainer();
  let look: { readonly promise: Promise<ServerLook>; endedMs: number | undefined } | undefined;

  const facts = (): DoctorFacts => ({
    udp: iceOptions.udp,
    tcp: iceOptions.tcp,
    lite: iceOptions.lite ?? false,
    nat1to1: iceOptions.nat1to1 ?? [],
    found: iceOptions.foundAddresses ?? [],
    statics: iceOptions.candidates ?? [],
    locals: localAddresses(),
    inContainer: isContainer,
    http,
    turnSecret: iceOptions.turn !== undefined,
  });
  const servers = [...(iceOptions.servers ?? []), ...options.frontendServers];
  /** Joins the check under way, or takes the result of one that ended less than `maxAgeMs` ago. */
  const lookAround = (maxAgeMs: number): Promise<ServerLook> => {
    const isFresh = look && (look.endedMs === undefined || clock.nowMs() - look.endedMs < maxAgeMs);
    if (look && isFresh) return look.promise;
    const begun: NonNullable<typeof look> = {
      endedMs: undefined,
      promise: lookAtServer({ ice, facts, servers, http, clock }).finally(() => {
        begun.endedMs = clock.nowMs();
      }),
    };
    look = begun;
    return begun.promise;
  };
  const withRun = (sessionId: string, act: (run: DoctorRun) => Result<void>) => {
    const run = runs.get(sessionId);
    return run === undefined ? err('no check is under way') : act(run);
  };

  return {
    serverView: async () => (await lookAround(0)).view,
    start(sessionId, page, { clientAddress, isAdmin, send }) {
      const nowMs = clock.nowMs();
      for (const [id, atMs] of startedMs) if (nowMs - atMs >= PAUSE_MS) startedMs.delete(id);
      if (startedMs.has(sessionId)) return err(REFUSED_EVENTS['check-too-soon'].message);
      runs.get(sessionId)?.close();
      if (runs.size >= MAX_RUNS) return err(REFUSED_EVENTS['checks-busy'].message);
      startedMs.set(sessionId, nowMs);
      const run: DoctorRun = new DoctorRun({
        ice,
        facts: facts(),
        client: {
          address: clientAddress,
          page: { secure: page.secure, host: page.host, port: page.port },
          losses: page.losses.map(({ idle_ms: idleMs, lifetime_ms: lifetimeMs }) => ({ idleMs, lifetimeMs })),
        },
        servers: ice.servedServers(options.frontendServers, sessionId).servers,
        look: lookAround(FRESH_MS),
        tellsServerSide: isAdmin,
        newProbe: (peer) => new ProbePeer(peer, certificate),
        send,
        onDone: () => {
          if (runs.get(sessionId) === run) runs.delete(sessionId);
        },
        clock,
        log,
      });
      runs.set(sessionId, run);
      log.info({ sessionId, address: clientAddress }, 'connection check begun');
      run.start();
      return ok(undefined);
    },
    answer: (sessionId, probe, sdp) => withRun(sessionId, (run) => run.answer(probe, sdp)),
    candidate: (sessionId, probe, text) => withRun(sessionId, (run) => run.candidate(probe, text)),
    result: (sessionId, result) => withRun(sessionId, (run) => run.result(result)),
    logAtStart() {
      lookAround(FRESH_MS).then(
        ({ view }) => {
          for (const line of startTable(view).split('\n')) log.info({}, line);
        },
        (error: unknown) => log.warn({ error: String(error) }, 'the server could not look at its own network'),
      );
    },
    close() {
      for (const run of [...runs.values()]) run.close();
    },
  };
}
