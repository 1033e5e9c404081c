export * from './coefficient-statistics.js';
export * from './npy.js';
export * from './rule-bundle.js';
export * from './safetensors.js';
