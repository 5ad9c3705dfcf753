import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import fc from 'fast-check';
import { addressBytes, addressText, canonicalAddress, networkOf } from '../../../server/ice/address.js';
import { stepAgent } from '../../../server/ice/agent/agent.js';
import { MAX_PAIRS, MAX_REMOTE_CANDIDATES, newAgent } from '../../../server/ice/agent/agent-state.js';
import { type Candidate, formatCandidate, parseCandidate } from '../../../server/ice/candidates/candidate.js';
import { parseHostPort } from '../../../server/ice/servers/host-port.js';
import { parseIceUrl } from '../../../server/ice/servers/ice-url.js';
import { hmacSha1 } from '../../../server/ice/stun/hmac.js';
import { throttleKey } from '../../../server/room/client-place.js';
import { clientAddress } from '../../../server/signaling/http/access/client-address.js';
import { anyAddress, mutatedText, record } from '../mutated.js';
import { holds, type Target } from '../target.js';

const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019+/'), minLength: 1, maxLength: 12 });
const port = fc.nat({ max: 65_535 });
const candidate: fc.Arbitrary<Candidate> = record({
  foundation: word,
  component: fc.nat({ max: 256 }),
  transport: fc.constantFrom('udp' as const, 'tcp' as const),
  priority: fc.nat({ max: 0xffff_ffff }),
  address: fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.uuid().map((name) => `${name}.local`),
  ),
  port,
  type: fc.constantFrom('host' as const, 'srflx' as const, 'prflx' as const, 'relay' as const),
  related: fc.option(record({ address: fc.ipV4(), port }), { nil: undefined }),
  tcpType: fc.option(fc.constantFrom('active' as const, 'passive' as const, 'so' as const), { nil: undefined }),
  ufrag: fc.option(word, { nil: undefined }),
}).map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as Candidate);

const line = fc.oneof(
  candidate.map(formatCandidate),
  mutatedText(candidate.map(formatCandidate), fc.oneof(word, fc.constantFrom(' ', ' typ ', ':', '%eth0', '-1', '1e9', '\u0000'))),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
);

/** What looks like an address, more or less. */
const addressLike = fc.oneof(
  anyAddress,
  mutatedText(anyAddress, fc.constantFrom(':', '::', '.', '%', '0', 'ffff', '256', '[', ']', '/', 'g')),
);

export const candidates: Target = {
  name: 'candidates',
  properties: [
    holds('what is written is read back the same', [candidate], (content) => {
      assert.deepEqual(parseCandidate(formatCandidate(content)), { ok: true, value: content });
    }),
    holds('any text is a candidate or an error that is no longer than it', [line], (text) => {
      const read = parseCandidate(text);
      if (read.ok) assert(read.value.port <= 65_535 && read.value.priority <= 0xffff_ffff);
      else assert(read.error.length <= text.length + 60);
    }),
    holds(
      'an agent holds no more than it may, whatever it is told',
      [fc.array(line, { maxLength: 150 }), fc.boolean()],
      (lines, early) => {
        const env = { hmac: hmacSha1, transactionId: () => Buffer.alloc(12, 5), random: () => 0.5 };
        const agent = newAgent({ env, lite: false, controlling: true, tieBreaker: 1n, local: { ufrag: 'ours', pwd: 'p' } });
        for (const address of ['192.0.2.1', '2001:db8::1', '127.0.0.1']) {
          const base = { foundation: '1', component: 1, transport: 'udp', priority: 1, address, port: 9, type: 'host' } as const;
          stepAgent(agent, { kind: 'base', base: { id: address, candidate: base } }, 0);
        }
        if (!early) stepAgent(agent, { kind: 'remote', remote: { ufrag: 'theirs', pwd: 'p', lite: false } }, 0);
        for (const [i, text] of lines.entries()) {
          const read = parseCandidate(text);
          const address = read.ok ? canonicalAddress(read.value.address) : undefined;
          if (read.ok && address !== undefined)
            stepAgent(agent, { kind: 'remote-candidate', candidate: { ...read.value, address } }, i);
        }
        if (early) stepAgent(agent, { kind: 'remote', remote: { ufrag: 'theirs', pwd: 'p', lite: false } }, 1_000);
        const [generation] = agent.generations;
        assert(generation!.pairs.size <= MAX_PAIRS && generation!.remoteCandidates.length <= MAX_REMOTE_CANDIDATES);
        assert(agent.early.length <= MAX_REMOTE_CANDIDATES);
      },
    ),
    holds('an address is what the system takes for one, and has one spelling', [addressLike], (text) => {
      const bytes = addressBytes(text);
      // A zone belongs to the system, not to the address.
      assert.equal(bytes !== undefined, isIP(text) !== 0 && !text.includes('%'), text);
      if (!bytes) return;
      const spelled = addressText(bytes);
      assert.equal(canonicalAddress(text), spelled);
      assert.equal(canonicalAddress(spelled), spelled);
      assert.equal(canonicalAddress(`[${text}]`), spelled);
    }),
    holds('any text has a network to be counted with', [fc.oneof(addressLike, fc.string({ maxLength: 60 }))], (text) => {
      assert.equal(typeof networkOf(text), 'string');
      assert.equal(typeof throttleKey(text), 'string');
    }),
    holds(
      'what a proxy says of its client is an address or is not believed',
      [fc.oneof(addressLike, fc.string({ maxLength: 60 })), anyAddress, fc.boolean()],
      (said, from, behindProxy) => {
        const address = clientAddress({ 'x-forwarded-for': said }, from, () => behindProxy);
        assert(address.length > 0 && address.length <= Math.max(said.length, from.length, 45));
      },
    ),
    holds(
      'any text is a server of ICE or an error',
      [fc.oneof(fc.string(), mutatedText(fc.constantFrom('turn:[::1]:3478?transport=tcp', 'stuns:a.b'), addressLike))],
      (text) => {
        for (const read of [parseIceUrl(text), parseHostPort(text, 1)]) {
          if (read.ok) assert(read.value.port >= 1 && read.value.port <= 65_535 && read.value.host !== '');
        }
      },
    ),
  ],
};
