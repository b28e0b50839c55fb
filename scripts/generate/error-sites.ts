import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';

/** One `new PsoError(…)` of the driver. */
export interface ErrorSite {
  /** `driver/src/…:12`. */
  readonly where: string;
  /** Ids, or bare codes, that its first argument may be; empty when that is no literal. */
  readonly kinds: readonly string[];
  /** The first argument as it is written. */
  readonly written: string;
  /** Fixed words of its messages; values are `…`. */
  readonly messages: readonly string[];
}

/** The literals that an expression may be: through `a ? b : c`, `a ?? b` and parentheses. */
function texts(node: ts.Expression | undefined): readonly string[] {
  if (!node) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    return [
      [node.head.text, ...node.templateSpans.map(span => `…${span.literal.text}`)].join('').replaceAll(/…+/g, '…'),
    ];
  }
  if (ts.isConditionalExpression(node)) return [...texts(node.whenTrue), ...texts(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return texts(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
    return [...texts(node.left), ...texts(node.right)];
  }
  return [];
}

function sitesOf(file: string, text: string): readonly ErrorSite[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const sites: ErrorSite[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'PsoError') {
      const [kind, message] = node.arguments ?? [];
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      sites.push({
        where: `${file}:${line + 1}`,
        kinds: texts(kind),
        written: kind?.getText() ?? '',
        messages: texts(message),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sites;
}

/** Every error that the product can throw; tests and their stand-ins apart. */
export async function errorSites(root: string): Promise<readonly ErrorSite[]> {
  const files: string[] = [];
  for await (const file of glob('driver/src/**/*.ts', { cwd: root })) files.push(file);
  const product = files.filter(file => !/\.test\.ts$|\.d\.ts$|\/testing\//.test(file)).sort();
  const sites = await Promise.all(
    product.map(async file => sitesOf(file, await readFile(path.join(root, file), 'utf8'))),
  );
  return sites.flat();
}
