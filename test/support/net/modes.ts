/** Point (k): each way of doing ICE, combined with other set-ups. */
export const MODES: readonly [name: string, env: Readonly<Record<string, string>>][] = [
  ['full ICE, trickle', {}],
  ['full ICE, trickle off', { NEKO_WEBRTC_ICETRICKLE: 'false' }],
  ['ICE-lite, trickle', { NEKO_WEBRTC_ICELITE: 'true' }],
  ['ICE-lite, trickle off', { NEKO_WEBRTC_ICELITE: 'true', NEKO_WEBRTC_ICETRICKLE: 'false' }],
];
