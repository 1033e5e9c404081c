export * from './clock.js';
export * from './control-loop.js';
export * from './controller.js';
export * from './duration-histogram.js';
export * from './message-map.js';
export * from './supervisor.js';
export * from './transport.js';
export * from './transport/in-memory-transport.js';
