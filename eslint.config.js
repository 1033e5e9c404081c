import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'runs/', 'policy/kernel/assembly/', '**/*.generated.ts'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/prefer-for-of': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes from a seed: policy/random.ts.' },
      ],
    },
  },
  {
    // Engine-defined functions differ in their last bits between JavaScript engines: policy/math.ts pins them.
    files: ['policy/**/*.ts', 'sim/ant/**/*.ts', 'sim/evolution/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['random', 'sin', 'cos', 'tan', 'atan', 'atan2', 'asin', 'acos', 'tanh', 'exp', 'log', 'pow'].map(
          (property) => ({
            object: 'Math',
            property,
            message: 'Not the same bits in every engine: use policy/math.ts or policy/random.ts.',
          }),
        ),
      ],
    },
  },
  {
    // Declarations of what others wrote follow its shape.
    files: ['**/*.d.ts'],
    rules: { '@typescript-eslint/no-extraneous-class': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unnecessary-condition': 'off' },
  },
);
