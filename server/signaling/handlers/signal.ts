import { err, type Result } from '../../lib/result.js';
import type { SignalRequest } from '../../protocol/signal.js';
import { signalClientEvents as events } from '../../protocol/signal.js';
import { isSessionPaused } from '../../room/rules/permissions.js';
import { roomHooks } from '../datachannel/channel-front.js';
import type { PeerHandle, PeerHooks } from '../ports.js';
import { type Services, sendToSession } from '../services.js';
import { DONE, type EventRoute, guarded, type Outcome, on, onBare, type Sender } from './event-route.js';

/** A peer outlives sockets: what it has to say goes to whichever socket its session has by then. */
function hooksOf(services: Services, sessionId: string): PeerHooks {
  const send = (message: Parameters<typeof sendToSession>[2]) => sendToSession(services, sessionId, message);
  const toRoom = roomHooks(services, sessionId);
  return {
    ...toRoom,
    onCandidate: (payload) => send({ event: 'signal/candidate', payload }),
    onOffer: (payload) => send({ event: 'signal/offer', payload }),
    onVideo: (payload) => send({ event: 'signal/video', payload }),
    onAudio: (payload) => send({ event: 'signal/audio', payload }),
    onIceServers: (iceservers) => send({ event: 'signal/iceservers', payload: { iceservers } }),
    onClosed: () => {
      toRoom.onClosed();
      send({ event: 'signal/close', payload: null });
    },
  };
}

async function request(services: Services, { sessionId, address }: Sender, payload: SignalRequest): Promise<Result<void>> {
  const { room, peers } = services;
  const paused = isSessionPaused(room.state, sessionId);
  const provided = await peers.request(sessionId, payload, hooksOf(services, sessionId), { paused, clientAddress: address });
  if (!provided.ok) {
    sendToSession(services, sessionId, { event: 'signal/refused', payload: { message: provided.error } });
    return provided;
  }
  // While the offer was made, rights and private mode may have changed.
  const refusal = room.refusalOf(sessionId, 'watch');
  if (refusal !== null) {
    peers.peer(sessionId)?.close();
    return err(refusal);
  }
  peers.peer(sessionId)?.setPaused(isSessionPaused(room.state, sessionId));
  sendToSession(services, sessionId, { event: 'signal/provide', payload: provided.value });
  return DONE;
}

function withPeer({ peers }: Services, { sessionId }: Sender, act: (peer: PeerHandle) => Outcome): Outcome {
  const peer = peers.peer(sessionId);
  return peer === undefined ? err('session has no peer') : act(peer);
}

export const signalRoutes = {
  'signal/request': on(events['signal/request'], guarded('watch', request)),
  'signal/offer': on(events['signal/offer'], (services, sender, { sdp }) =>
    withPeer(services, sender, async (peer) => {
      const answer = await peer.offer(sdp);
      if (!answer.ok) return answer;
      sendToSession(services, sender.sessionId, { event: 'signal/answer', payload: { sdp: answer.value.sdp } });
      return DONE;
    }),
  ),
  'signal/answer': on(events['signal/answer'], (services, sender, { sdp }) =>
    withPeer(services, sender, (peer) => peer.answer(sdp)),
  ),
  'signal/candidate': on(events['signal/candidate'], (services, sender, init) =>
    withPeer(services, sender, (peer) => peer.candidate(init)),
  ),
  'signal/restart': onBare((services, sender) =>
    withPeer(services, sender, async (peer) => {
      const offer = await peer.restart();
      if (!offer.ok) return offer;
      sendToSession(services, sender.sessionId, { event: 'signal/restart', payload: { sdp: offer.value.sdp } });
      return DONE;
    }),
  ),
  'signal/video': on(events['signal/video'], (services, sender, wish) =>
    withPeer(services, sender, (peer) => peer.setVideo(wish)),
  ),
  'signal/audio': on(events['signal/audio'], (services, sender, wish) =>
    withPeer(services, sender, (peer) => peer.setAudio(wish)),
  ),
  'signal/playout': on(events['signal/playout'], (services, sender, { sound_delay_ms }) =>
    withPeer(services, sender, (peer) => {
      peer.setSoundDelay(sound_delay_ms);
      return DONE;
    }),
  ),
} satisfies Record<keyof typeof events, EventRoute>;
