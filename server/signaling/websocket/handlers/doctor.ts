import type { DoctorStart } from '../../../protocol/doctor.js';
import { doctorClientEvents as events } from '../../../protocol/doctor.js';
import { REFUSED_EVENTS } from '../../../protocol/errors/refused-events.js';
import { type Services, sendToSession } from '../../services.js';
import { DONE, type EventRoute, type Outcome, on, type Sender } from './event-route.js';

/** Addresses and TURN credentials are for those who may watch, here as in `signal/provide`. */
function start(services: Services, { sessionId, address }: Sender, page: DoctorStart): Outcome {
  const { room } = services;
  const refuse = (message: string) => sendToSession(services, sessionId, { event: 'doctor/refused', payload: { message } });
  if (room.refusalOf(sessionId, 'watch') !== null) {
    refuse(REFUSED_EVENTS['check-not-allowed'].message);
    return DONE;
  }
  const started = services.doctor.start(sessionId, page, {
    clientAddress: address,
    isAdmin: room.refusalOf(sessionId, 'administer') === null,
    send: (message) => sendToSession(services, sessionId, message),
  });
  if (!started.ok) refuse(started.error);
  return DONE;
}

export const doctorEvents = {
  'doctor/start': on(events['doctor/start'], start),
  'doctor/answer': on(events['doctor/answer'], ({ doctor }, { sessionId }, { probe, sdp }) =>
    doctor.answer(sessionId, probe, sdp),
  ),
  'doctor/candidate': on(events['doctor/candidate'], ({ doctor }, { sessionId }, { probe, candidate }) =>
    doctor.candidate(sessionId, probe, candidate),
  ),
  'doctor/result': on(events['doctor/result'], ({ doctor }, { sessionId }, result) => doctor.result(sessionId, result)),
} satisfies Record<keyof typeof events, EventRoute>;
