import { onScopeDispose, type Ref, ref } from 'vue';

/** A clock for countdowns: performance.now() in ms, renewed every second. */
export function useNow(): Readonly<Ref<number>> {
  const now = ref(performance.now());
  const timer = setInterval(() => (now.value = performance.now()), 1000);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
