/** A refusal that a session is sent as an event, `{message}`. These events are additions of ours. */
export interface RefusedEvent {
  readonly event: 'clipboard/refused' | 'doctor/refused';
  readonly message: string;
  /** When it happens, for the table in docs/api.md. */
  readonly when: string;
}

export const REFUSED_EVENTS = {
  'clipboard-too-large': {
    event: 'clipboard/refused',
    message: 'What was copied on the desktop is larger than 8 MiB and was not passed on.',
    when: 'the one in control copied too much',
  },
  'check-not-allowed': {
    event: 'doctor/refused',
    message: 'An admin has not allowed you to watch.',
    when: 'the profile lacks `can_watch`',
  },
  'check-too-soon': {
    event: 'doctor/refused',
    message: 'A check was begun a moment ago. Try again in a few seconds.',
    when: 'checks of one session too soon after another',
  },
  'checks-busy': {
    event: 'doctor/refused',
    message: 'Others are checking their connection just now. Try again in a few seconds.',
    when: 'as many checks as may be are under way',
  },
} as const satisfies Readonly<Record<string, RefusedEvent>>;

export type RefusedEventCode = keyof typeof REFUSED_EVENTS;
