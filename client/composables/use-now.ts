import { onScopeDispose, type Ref, ref } from 'vue';

/** A clock for countdowns: performance.now() in ms, renewed often enough for seconds. */
export function useNow(): Readonly<Ref<number>> {
  const now = ref(performance.now());
  const timer = setInterval(() => (now.value = performance.now()), 200);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
