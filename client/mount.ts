import { createApp } from 'vue';
import App from './App.vue';
import { CONNECTION } from './composables/use-room.js';
import type { Connection } from './connection/connection.js';

/** Puts the page around a connection that is already on its way. */
export function mount(connection: Connection): void {
  createApp(App).provide(CONNECTION, connection).mount('#app');
}
