/** ESLint plugin with the two rules that no published one has: file names, and the sentence that opens a module. */
import { basename } from 'node:path';

const saysNothing = /^(utils?|helpers?|common|misc|types|index)\./;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;

const fileName = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      empty: 'A file is named after what it exports, not `{{name}}`.',
      kebab: 'File names are kebab-case: `{{name}}`.',
    },
  },
  create: (context) => ({
    Program: (node) => {
      const name = basename(context.filename);
      if (saysNothing.test(name)) context.report({ node, messageId: 'empty', data: { name } });
      else if (!kebabCase.test(name)) context.report({ node, messageId: 'kebab', data: { name } });
    },
  }),
};

const openingSentence = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { missing: 'A module opens with one `/** sentence */` that says what it is for.' },
  },
  create: (context) => ({
    Program: (node) => {
      const [first] = context.sourceCode.getAllComments().filter((comment) => comment.type !== 'Shebang');
      const opens = first?.type === 'Block' && first.value.startsWith('*');
      const before = node.body[0] === undefined || (first !== undefined && first.range[0] < node.body[0].range[0]);
      if (!opens || !before) context.report({ loc: { line: 1, column: 0 }, messageId: 'missing' });
    },
  }),
};

export default { rules: { 'file-name': fileName, 'opening-sentence': openingSentence } };
