/** Lint rules: typescript-eslint strict with types, rxjs-x, and the limits of this code base. Layout is biome's business. */

import { defineConfig } from 'eslint/config';
import eslintPluginRxjsX from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';
import houseRules from './test/check/house-rules.mjs';

const booleanParameter =
  ':matches(FunctionDeclaration, FunctionExpression, ArrowFunctionExpression, TSEmptyBodyFunctionExpression, TSMethodSignature)';

/** Syntax that is not used anywhere; each with what to write instead. */
const restricted = [
  { selector: 'TSEnumDeclaration', message: 'Write a union of string literals.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that defines it.' },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  {
    selector: `${booleanParameter} > Identifier.params > TSTypeAnnotation > TSBooleanKeyword`,
    message: 'No boolean parameters: the caller reads `true`. Use a string union, an options object or two functions.',
  },
  {
    selector: `${booleanParameter} > AssignmentPattern.params > Literal[raw=/^(true|false)$/].right`,
    message: 'No boolean parameters: the caller reads `true`. Use a string union, an options object or two functions.',
  },
];

const moduleMocks = {
  selector: "CallExpression[callee.object.name='vi'][callee.property.name=/^(mock|doMock|hoisted|unmock)$/]",
  message: 'No module mocks: use an in-memory adapter or the real thing.',
};

export default defineConfig(
  { ignores: ['dist/**', 'node_modules/**', '**/fixtures/**', 'coverage/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['src/**/*.{ts,tsx}', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, eslintPluginRxjsX.configs.recommended],
    languageOptions: { parserOptions: { project: 'test/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { house: houseRules },
    rules: {
      'house/file-name': 'error',
      'house/opening-sentence': 'error',
      'max-lines': ['error', { max: 250 }],
      'max-depth': ['error', 3],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', ...restricted, moduleMocks],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // `return refuse(response, ...)` ends a handler.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Ports answer promises; `async` is also what keeps an in-memory adapter from throwing in the caller's face.
      '@typescript-eslint/require-await': 'off',
      // `void promise` and `_unused` say that it is meant.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // A reading is one per emission; the argument's index is of use in tests and folds.
      'rxjs-x/no-index': 'off',
      // "Stop reading, finish writing": takeUntil stands before the operator that writes, on purpose.
      'rxjs-x/no-unsafe-takeuntil': 'off',
    },
  },
  {
    files: ['src/page/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { project: 'src/page/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: { 'max-lines-per-function': ['error', { max: 40 }], 'no-console': 'error' },
  },
  { files: ['src/cli/**', 'src/main.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A test file is named after what it tests and says the rest in its `describe`.
      'house/opening-sentence': 'off',
      // A table's row is spread over the arguments.
      '@typescript-eslint/max-params': 'off',
      // A harness hands its functions out one by one; none of them leans on `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Answers of HTTP servers and parsed JSON are looked at with `expect`, which checks more than a type could.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  { files: ['test/*.config.ts'], rules: { 'no-restricted-syntax': ['error', ...restricted.slice(0, 2)] } },
);
