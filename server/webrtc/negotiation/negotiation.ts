import { err, ok, type Result } from '../../lib/result.js';
import { agreeOnAnswer, agreeOnOffer } from './agree.js';
import { answerSections } from './answer-sections.js';
import type { LocalEnds } from './local-media.js';
import { offerSections } from './offer-sections.js';
import type { RemoteDescription, RemoteSection } from './read-description.js';
import type { AgreedSection, LocalSection } from './sections.js';

/** Where offers and answers of one connection stand (RFC 8829 section 3.2); pure: every step makes another one. */
export interface Negotiation {
  readonly ends: LocalEnds;
  readonly signaling: Signaling;
  /** What holds now, section by section; it never gets shorter. */
  readonly agreed: readonly AgreedSection[];
  /** How many offers of ours were given up, whose answers may come still. */
  readonly late: number;
  /** The viewer's ICE credentials of its last description. */
  readonly remoteIce: Pick<RemoteDescription, 'ufrag' | 'pwd'> | undefined;
}

type Signaling =
  | { readonly kind: 'stable' }
  | { readonly kind: 'have-local-offer'; readonly offered: readonly LocalSection[] }
  | { readonly kind: 'have-remote-offer'; readonly offer: RemoteDescription };

/** A step that has a description of ours to write. */
export interface Described {
  readonly negotiation: Negotiation;
  readonly sections: readonly LocalSection[];
}

const STABLE: Signaling = { kind: 'stable' };

export function beginNegotiation(ends: LocalEnds): Negotiation {
  return { ends, signaling: STABLE, agreed: [], late: 0, remoteIce: undefined };
}

/** An offer of ours, in place of one that is not answered yet. For an ICE restart it is written with new credentials. */
export function createOffer(negotiation: Negotiation): Result<Described> {
  if (negotiation.signaling.kind === 'have-remote-offer') return err('an offer of the viewer waits for its answer');
  const given = rollback(negotiation);
  const sections = offerSections(given.ends, given.agreed);
  return ok({ negotiation: { ...given, signaling: { kind: 'have-local-offer', offered: sections } }, sections });
}

/** The viewer's answer. One to an offer that was given up changes nothing but the viewer's ICE credentials. */
export function acceptAnswer(negotiation: Negotiation, answer: RemoteDescription): Result<Negotiation> {
  if (answer.setup === 'passive') return err('the answer says a=setup:passive; the viewer has to be the DTLS client');
  const { signaling, late } = negotiation;
  const remoteIce = credentialsOf(answer);
  switch (signaling.kind) {
    case 'have-local-offer':
      return ok({ ...negotiation, signaling: STABLE, agreed: agreeOnAnswer(signaling.offered, answer), remoteIce });
    case 'stable':
      return late === 0 ? err('no offer waits for an answer') : ok({ ...negotiation, late: late - 1, remoteIce });
    case 'have-remote-offer':
      return err('an answer, while an offer of the viewer waits for ours');
  }
}

/**
 * The viewer's offer. We are the polite side: when both offer at once, ours is given up. An offer that is not answered yet gives
 * way to the next one.
 */
export function acceptOffer(negotiation: Negotiation, offer: RemoteDescription): Result<Negotiation> {
  if (offer.setup === 'passive') return err('the offer says a=setup:passive; the viewer has to be the DTLS client');
  const trouble = troubleWith(offer.sections, negotiation.agreed);
  if (trouble !== undefined) return err(trouble);
  return ok({ ...rollback(negotiation), signaling: { kind: 'have-remote-offer', offer } });
}

/** Our answer to the viewer's offer. */
export function createAnswer(negotiation: Negotiation): Result<Described> {
  const { ends, signaling, agreed } = negotiation;
  if (signaling.kind !== 'have-remote-offer') return err('no offer of the viewer waits for an answer');
  const { offer } = signaling;
  const sections = answerSections(ends, agreed, offer);
  const next = { ...negotiation, signaling: STABLE, agreed: agreeOnOffer(offer, sections), remoteIce: credentialsOf(offer) };
  return ok({ negotiation: next, sections });
}

/** Back to what holds, without the offer that is under way. */
export function rollback(negotiation: Negotiation): Negotiation {
  const gaveUp = negotiation.signaling.kind === 'have-local-offer' ? 1 : 0;
  return { ...negotiation, signaling: STABLE, late: negotiation.late + gaveUp };
}

/** Whether a description begins an ICE restart of the viewer's (RFC 8839 section 4.4.1.1.1). */
export function restartsIce({ remoteIce }: Negotiation, { ufrag, pwd }: RemoteDescription): boolean {
  return remoteIce !== undefined && (remoteIce.ufrag !== ufrag || remoteIce.pwd !== pwd);
}

function credentialsOf({ ufrag, pwd }: RemoteDescription): Negotiation['remoteIce'] {
  return { ufrag, pwd };
}

/** Why an offer does not go on from what holds: sections keep their places and mids (RFC 8829 section 5.2.2). */
function troubleWith(sections: readonly RemoteSection[], agreed: readonly AgreedSection[]): string | undefined {
  if (new Set(sections.map(({ mid }) => mid)).size < sections.length) return 'the offer has two sections of one mid';
  if (sections.length < agreed.length)
    return `the offer has ${sections.length} sections, where there are ${agreed.length} already`;
  const moved = agreed.findIndex((section, index) => section.kind !== 'rejected' && !isSame(section, sections[index]));
  return moved < 0 ? undefined : `section ${moved} of the offer is not the one that was there`;
}

function isSame(section: AgreedSection, remote: RemoteSection | undefined): boolean {
  return remote !== undefined && remote.mid === section.mid && remote.media === section.kind;
}
