import ts from 'typescript';

/**
 * Rules about text that neither import rules nor lint rules can express. Each check reads one file and answers the
 * offending lines; `breaks` and `keeps` prove that it bites and that it lets go.
 */
export interface Check {
  readonly says: string;
  readonly files: readonly string[];
  readonly except?: RegExp;
  readonly offences: (text: string) => readonly string[];
  readonly breaks: readonly string[];
  readonly keeps: readonly string[];
}

const lines =
  (pattern: RegExp) =>
  (text: string): readonly string[] =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => pattern.test(line));

/** Names and strings of the code, as they mean and not as they are escaped; what comments say does not count. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node) || ts.isLiteralExpression(node))
      words.push(node.text);
    else if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) words.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('read.ts', text, ts.ScriptTarget.Latest));
  return words;
}

const environmentWord = /environment|polic(y|ies)|node_env|app_env/i;

const everything = ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'];
const environmentName = `['"\`](local|dev|development|staging|sandbox|production|prod)['"\`]`;
const harmlessHost =
  /^(localhost|127\.0\.0\.1|\[::1\]|([\w-]+\.)*(example\.com|[\w-]+\.(test|example|invalid)))$/;

function productionUrls(text: string): readonly string[] {
  const urls = text.matchAll(/https?:\/\/(?<host>\[[\da-f:]+\]|[\w.-]+)/gi);
  return [...urls].filter(({ groups }) => !harmlessHost.test(groups?.['host'] ?? '')).map(([url]) => url);
}

const url = (host: string): string => ['https', `//${host}/v1`].join(':');

export const checks: Readonly<Record<string, Check>> = {
  'environment-branch': {
    says: "Ask a column of environment/policy.ts. Only config/, environment/ and a provider's module know the name.",
    files: ['src/**/*.ts'],
    except: /^src\/(config|environment)\/|^src\/providers\/.*\.module\.ts$/,
    offences: lines(
      new RegExp(`[!=]==?\\s*${environmentName}|${environmentName}\\s*[!=]==?|case\\s+${environmentName}`),
    ),
    breaks: ["if (name === 'production') {", 'if ("staging" != name) {', "case 'local':", 'a !== `prod`'],
    keeps: ["label: 'production'", "if (state === 'closed') {", "migrations === 'on-start'"],
  },
  'webhooks-ask-nothing': {
    says: 'Webhook handlers are identical in every environment (S4.7): they ask neither for its name nor for its policy.',
    files: ['src/webhooks/**/*.ts'],
    offences: (text) => wordsOf(text).filter((word) => environmentWord.test(word)),
    breaks: [
      "config.get('environment', { infer: true });",
      'if (settings.policy.openMetrics) {',
      'const { environment: where } = settings;',
      "settings['environment']",
      "settings['\\x65nvironment']",
      'policies[name]',
      "import { environmentNamed } from './names.js';",
      'process.env.NODE_ENV',
      "env['APP_ENV']",
      'const secretsPolicy = 1;',
      'class Receiver { #environment = 1; }',
      'log(`${name} of the environment`)',
      'key(`environment`)',
      '/^environment$/.test(name)',
      'type Where = Settings["environment"];',
    ],
    keeps: [
      '/** The same for every environment; no policy is asked. */ class WebhooksController {}',
      '// APP_ENV and NODE_ENV are read elsewhere\nstart();',
      "const sealed = { env: row.env, url: 'https://a.example/x' }; /* environment */",
    ],
  },
  'process-by-another-name': {
    says: 'Lint watches `process.env` by that name. Settings are read once, in src/config/.',
    files: ['src/**/*.ts'],
    except: /^src\/config\//,
    offences: lines(
      /\b(globalThis|global)\s*(\?\.|\.|\[['"])\s*(process|console)\b|[=:(,]\s*process\s*[;,)]/,
    ),
    breaks: ['globalThis.process.env', "global['process']", 'const p = process;', 'read(process)'],
    keeps: ['process.once(signal, stop);', 'const id = process.pid;', 'the process, and'],
  },
  'production-url': {
    says: 'Tests talk to this machine or to reserved names only (S3.6).',
    files: ['test/**/*'],
    offences: productionUrls,
    breaks: [url('api.bulkhead.io'), url('shop.myshopify.com'), url('10.0.0.1'), url('example.com.evil.io')],
    keeps: [
      url('localhost:3000'),
      url('127.0.0.1'),
      url('[::1]:80'),
      url('shop.test'),
      url('a.example.com'),
      url('${x}'),
    ],
  },
  'focused-or-skipped-test': {
    says: 'A test that does not run proves nothing, and a focused one silences the rest.',
    files: ['test/**/*.ts'],
    offences: lines(/\b(it|test|describe|bench|suite)(\.\w+)*\.(only|skip|todo)\b/),
    breaks: [['it', "only('x', f)"].join('.'), ['describe', 'concurrent', 'skip(x)'].join('.')],
    keeps: ["it.skipIf(without)('x', f)", 'list.skip(3)'],
  },
  'unfinished-work': {
    says: 'Finish it, or open an issue.',
    files: everything,
    offences: lines(/\b(TO{1}DO|FIX{1}ME|X{3})\b/),
    breaks: ['TO', 'FIX'].map((word, i) => `// ${word}${['DO', 'ME'][i]}: later`),
    keeps: ['// to do so, it waits', 'todoList()'],
  },
  'suppression-without-reason': {
    says: 'Say why behind ` -- `, so that the next person can tell whether it still holds.',
    files: everything,
    offences: lines(/(oxlint|eslint)[-]disable(?!.* -- \w)|oxfmt[-]ignore(?!.* -- \w)/),
    breaks: [['// oxlint', 'disable-next-line no-console'].join('-')],
    keeps: ['// oxlint-disable-next-line no-console -- the prompt is the output'],
  },
};
