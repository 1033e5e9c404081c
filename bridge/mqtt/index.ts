export * from './mqtt-transport.js';
export type { BrokerOptions } from './broker-connection.js';
export type { ReconnectSettings } from './reconnect-delay.js';
