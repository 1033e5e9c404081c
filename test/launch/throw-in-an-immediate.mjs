// Preloaded into a program under test: on SIGUSR2 something fails in an immediate, in the midst of others.
process.on('SIGUSR2', () => {
  for (let k = 0; k < 3; k++) setImmediate(() => undefined);
  setImmediate(() => {
    throw new Error('a fault that a test provoked');
  });
});
