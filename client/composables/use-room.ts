import { type ComputedRef, computed, type InjectionKey, inject, onScopeDispose, type Ref, shallowRef } from 'vue';
import type { Connection } from '../connection/connection.js';
import { type ConnectionWords, connectionWords } from '../connection/connection-words.js';
import type { Person } from '../connection/room-view.js';
import { type Control, controlOf, displayName, type RoomView } from '../connection/room-view.js';
import type { Snapshot } from '../connection/snapshot.js';

export const CONNECTION: InjectionKey<Connection> = Symbol('connection');

export interface PageRoom {
  readonly connection: Connection;
  readonly snapshot: Readonly<Ref<Snapshot>>;
  /** Null until the server has sent the room. */
  readonly room: ComputedRef<RoomView | null>;
  readonly me: ComputedRef<Person | undefined>;
  readonly control: ComputedRef<Control>;
  /** The name of the session in control, or null. */
  readonly hostName: ComputedRef<string | null>;
  readonly words: ComputedRef<ConnectionWords>;
}

/** The connection and its state, for any component. */
export function useRoom(): PageRoom {
  const connection = inject(CONNECTION);
  if (!connection) throw new Error('no connection was provided');
  const snapshot = shallowRef(connection.snapshot);
  onScopeDispose(connection.events.on('change', (next) => (snapshot.value = next)));
  const room = computed(() => snapshot.value.room);
  const me = computed(() => room.value?.people.get(room.value.meId));
  return {
    connection,
    snapshot,
    room,
    me,
    control: computed(() => (room.value ? controlOf(room.value) : 'forbidden')),
    hostName: computed(() => (room.value?.hostId ? displayName(room.value.people.get(room.value.hostId)) : null)),
    words: computed(() => connectionWords(snapshot.value.session, snapshot.value.peer, me.value?.canWatch ?? true)),
  };
}
