import { HebbridgeError } from '../../policy/errors.js';

/** OpenSSL's and Node's codes for a certificate, or a handshake, that is not as it should be. */
const TLS_CODES = /^(ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_)/;

/** Reasons of MQTT 5 (section 2.4, and 4 and 5 of MQTT 3) that are about who we are, and what we may do. */
const REFUSALS: readonly number[] = [2, 4, 5, 133, 134, 135, 138, 140, 143, 144];
/** Those that are about what one of both sent: malformed, too large, of another version, more than was agreed on. */
const MISUNDERSTANDINGS: readonly number[] = [
  1, 129, 130, 132, 145, 146, 147, 148, 149, 153, 154, 155, 158, 161, 162,
];

/** Why there is no connection to the broker at `url`, in our words: what the MQTT client found, and what to do. */
export function connectionError(url: string, error: unknown): HebbridgeError {
  const options = { cause: error };
  const text = error instanceof Error ? error.message : String(error);
  // Errors of several addresses have a code and no message.
  const code = codeOf(error);
  const said = text === '' ? String(code) : text;
  if (typeof code === 'number') return brokerError(url, said, code, options);
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

/** There was an answer, for the `reason` of MQTT that the broker gave, or that the client had with the broker. */
function brokerError(url: string, said: string, reason: number, options: ErrorOptions): HebbridgeError {
  if (REFUSALS.includes(reason)) return refusedError(url, said, options);
  if (MISUNDERSTANDINGS.includes(reason)) {
    const advice =
      'check that it is an MQTT 5 broker, that it sends no larger packets than it is told to, and what its log says';
    return new HebbridgeError('ERR_MQTT_PROTOCOL', `${url}: ${said}; ${advice}`, options);
  }
  const advice = 'the broker is there and does not serve now: see its log, and how many clients it takes';
  return new HebbridgeError('ERR_MQTT_CONNECT', `${url}: ${said}; ${advice}`, options);
}

/** A number: the reason of MQTT; a text: the machine's. */
function codeOf(error: unknown): number | string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' || typeof code === 'string' ? code : '';
}
