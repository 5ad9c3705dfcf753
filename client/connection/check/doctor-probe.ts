import type { Clock } from '../../../server/lib/clock.js';
import type { DoctorProbe, DoctorResult } from '../../../server/protocol/doctor.js';

export interface ProbeSignals {
  answer(sdp: string): void;
  candidate(candidate: RTCIceCandidate): void;
}

type Outcome = Omit<DoctorResult, 'probe'>;

/** The longest try, whatever limit the server sends. */
const LONGEST_PROBE_MS = 15_000;
const LOOK_EVERY_MS = 60;
/** A connected pair soon has a round-trip time; it counts without one, too. */
const ROUND_TRIP_LIMIT_MS = 800;
const MAX_ERRORS = 10;

/** Tries one path on a connection of its own, which is closed again; never throws, and takes `limit_ms` at most. */
export async function tryPath(probe: DoctorProbe, signals: ProbeSignals, clock: Clock): Promise<Outcome> {
  const errors: Outcome['errors'] = [];
  let connection: RTCPeerConnection | null = null;
  try {
    connection = new RTCPeerConnection({
      bundlePolicy: 'max-bundle',
      iceServers: probe.iceservers.map((server) => ({ ...server })),
      iceTransportPolicy: probe.kind === 'relay' ? 'relay' : 'all',
    });
    return await run(connection, probe, signals, clock, errors);
  } catch (error) {
    errors.push({ code: 0, text: String(error).slice(0, 300), url: '' });
    return { ok: false, ice: false, gathered: false, rtt_ms: null, errors };
  } finally {
    connection?.close();
  }
}

async function run(
  connection: RTCPeerConnection,
  probe: DoctorProbe,
  signals: ProbeSignals,
  clock: Clock,
  errors: Outcome['errors'],
): Promise<Outcome> {
  const startMs = clock.nowMs();
  const deadlineMs = startMs + Math.min(probe.limit_ms, LONGEST_PROBE_MS);
  let gathered = false;
  let gatheredMs = 0;
  let ice = false;
  connection.onicecandidate = ({ candidate }) => {
    if (!candidate?.candidate) return;
    if (!gathered && (candidate.type === 'relay' || candidate.type === 'srflx')) {
      gathered = true;
      gatheredMs = clock.nowMs() - startMs;
    }
    if (probe.kind !== 'gather') signals.candidate(candidate);
  };
  connection.onicecandidateerror = ({ errorCode, errorText, url }) => {
    // An interface without a route to the server proves nothing about the server.
    if (/not associated/i.test(errorText) || errors.length >= MAX_ERRORS) return;
    errors.push({ code: errorCode, text: errorText.slice(0, 300), url: (url ?? '').slice(0, 300) });
  };
  connection.oniceconnectionstatechange = () => {
    ice ||= connection.iceConnectionState === 'connected' || connection.iceConnectionState === 'completed';
  };
  const isDone = () => connection.iceGatheringState === 'complete';

  if (probe.kind === 'gather') {
    connection.createDataChannel('probe');
    await connection.setLocalDescription(await connection.createOffer());
    await until(clock, deadlineMs, () => gathered || isDone());
    const ok = gathered || (isDone() && errors.length === 0);
    return { ok, ice, gathered, rtt_ms: gathered ? gatheredMs : null, errors };
  }
  await connection.setRemoteDescription({ type: 'offer', sdp: probe.sdp });
  await connection.setLocalDescription(await connection.createAnswer());
  signals.answer(connection.localDescription?.sdp ?? '');
  const hopeless = () =>
    connection.connectionState === 'failed' ||
    (probe.kind === 'relay' && isDone() && !gathered && connection.connectionState !== 'connected');
  await until(clock, deadlineMs, () => connection.connectionState === 'connected' || hopeless());
  if (connection.connectionState !== 'connected') return { ok: false, ice, gathered, rtt_ms: null, errors };
  let found: { readonly rttMs: number | null } | null = null;
  const waitMs = probe.expected === null ? Math.min(deadlineMs, clock.nowMs() + ROUND_TRIP_LIMIT_MS) : deadlineMs;
  await until(clock, waitMs, async () => {
    found = workingPair([...(await connection.getStats()).values()], probe.expected);
    return found !== null && found.rttMs !== null;
  });
  const pair: { readonly rttMs: number | null } | null = found;
  return { ok: probe.expected === null || pair !== null, ice: true, gathered, rtt_ms: roundTrip(pair), errors };
}

function roundTrip(pair: { readonly rttMs: number | null } | null): number | null {
  return pair?.rttMs ?? null;
}

/** The pair that carries the connection, or the one that proves that `expected` can be reached; null without one. */
function workingPair(
  stats: readonly Readonly<Record<string, unknown>>[],
  expected: DoctorProbe['expected'],
): { rttMs: number | null } | null {
  const byId = new Map(stats.map((each) => [each.id, each]));
  const fits = (pair: Readonly<Record<string, unknown>>) => {
    if (pair.type !== 'candidate-pair' || pair.state !== 'succeeded') return false;
    if (expected === null) return pair.nominated === true;
    const remote = byId.get(pair.remoteCandidateId);
    return remote?.address === expected.address && remote.port === expected.port;
  };
  const pair = stats.find(fits);
  if (!pair) return null;
  const { currentRoundTripTime: seconds } = pair;
  return { rttMs: typeof seconds === 'number' ? Math.round(seconds * 10_000) / 10 : null };
}

/** Resolves when `condition` holds, or at the deadline. */
async function until(clock: Clock, deadlineMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  while (clock.nowMs() < deadlineMs && !(await condition())) {
    await new Promise<void>((resolve) => void clock.after(LOOK_EVERY_MS, resolve));
  }
}
