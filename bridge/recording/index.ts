export * from './recorder.js';
export * from './replay-recording.js';
