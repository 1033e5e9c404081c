import { HebbridgeError } from '../../policy/errors.js';

/** OpenSSL's and Node's codes for a certificate, or a handshake, that is not as it should be. */
const TLS_CODES = /^(ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_)/;

/** Why there is no connection to the broker at `url`, in our words: what the MQTT client found, and what to do. */
export function connectionError(url: string, error: unknown): HebbridgeError {
  const options = { cause: error };
  const text = error instanceof Error ? error.message : String(error);
  // Errors of several addresses have a code and no message.
  const code = codeOf(error);
  const said = text === '' ? String(code) : text;
  if (typeof code === 'number') return refusedError(url, said, options);
  if (TLS_CODES.test(code)) {
    const advice =
      "check that the broker speaks TLS at that port, that its certificate is signed by the CA that was given (the system's otherwise) and is for that host, and that it has the client certificate that it asks for";
    return new HebbridgeError('ERR_MQTT_TLS', `${url}: ${said}; ${advice}`, options);
  }
  const advice = 'check host, port and firewall, and that the broker runs';
  return new HebbridgeError('ERR_MQTT_CONNECT', `${url}: ${said}; ${advice}`, options);
}

/** The broker is there and does not want us, or not all of what we want. */
export function refusedError(url: string, said: string, options?: ErrorOptions): HebbridgeError {
  const advice = 'check user name and password, and what the broker allows that user';
  return new HebbridgeError('ERR_MQTT_REFUSED', `${url}: ${said}; ${advice}`, options);
}

/** A number: the MQTT 5 reason that the broker gave; a text: the machine's. */
function codeOf(error: unknown): number | string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' || typeof code === 'string' ? code : '';
}
