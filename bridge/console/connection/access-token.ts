/** A place that lasts as long as the browser's tab: `sessionStorage`. */
export interface TokenStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'hebbridge-token';

/** The token in a page's fragment (`#token=...`), which no server and no log sees; undefined: none. */
export function tokenOfFragment(fragment: string): string | undefined {
  const token = new URLSearchParams(fragment.replace(/^#/, '')).get('token');
  return token === null || token === '' ? undefined : token;
}

/** The token to use: that of the fragment, which is remembered for the next load of the tab; or the remembered one. */
export function accessToken(fragment: string, store: TokenStore): string | undefined {
  const given = tokenOfFragment(fragment);
  if (given !== undefined) store.setItem(KEY, given);
  return given ?? store.getItem(KEY) ?? undefined;
}

/** Remember a token that the operator typed. */
export function rememberToken(token: string, store: TokenStore): void {
  store.setItem(KEY, token);
}

/**
 * The subprotocols of the WebSocket: a browser can send a token in no other header. base64url, for a subprotocol may
 * not hold every character.
 */
export function subprotocols(token: string | undefined): string[] {
  const spoken = ['foxglove.websocket.v1'];
  if (token === undefined) return spoken;
  const bytes = new TextEncoder().encode(token);
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return [...spoken, `token.${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`];
}
