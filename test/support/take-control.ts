import type { Product } from './servers/product.js';

/** Puts the session of `token` in control, as a script would. */
export async function takeControl(product: Product, token: string): Promise<void> {
  const response = await fetch(`${product.url}/api/room/control/request`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  if (response.status !== 204) throw new Error(`control/request: ${response.status} ${await response.text()}`);
}
