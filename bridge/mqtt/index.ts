export * from './mqtt-transport.js';
export type { BrokerOptions } from './broker-connection.js';
export type { ReconnectSettings } from '../transport/reconnect-delay.js';
