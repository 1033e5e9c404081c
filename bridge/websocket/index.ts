export { isLoopback, parseOrigin, type Role, type Tokens } from './access.js';
export * from './audit-log.js';
export type { Parameter as ServedParameter } from './protocol.js';
export { DEFAULT_LIMITS, type WebSocketLimits } from './limits.js';
export * from './static-files.js';
export * from './websocket-client-transport.js';
export * from './websocket-server-transport.js';
