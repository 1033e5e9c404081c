// Preloaded into a program under test: on SIGUSR2 something fails in it that nobody catches.
process.on('SIGUSR2', () => {
  throw new Error('a fault that a test provoked');
});
