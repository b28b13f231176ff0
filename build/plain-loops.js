// plumbing: a step of the build — loops over arrays count, because V8 makes iterators fast only where it optimises
// @ts-check
import ts from 'typescript';

/** Lists that an index reads as their iterator does. */
const TYPED_ARRAYS = new Set(['Uint8Array', 'Int32Array', 'Uint32Array']);

/**
 * Makes `for (const x of xs)` a loop with an index, where the type checker says that `xs` is an array; the same for
 * `for (const [i, x] of xs.entries())`. Both look at the length before each element, so an array may grow or shrink meanwhile. All else
 * (maps, sets, generators, strings) keeps its iterator.
 *
 * @param {ts.TypeChecker} checker
 * @returns {ts.TransformerFactory<ts.SourceFile>}
 */
export function plainLoops(checker) {
  return (context) => (file) => {
    const { factory } = context;

    /** @param {ts.Expression} expression */
    const isList = (expression) => {
      const type = checker.getTypeAtLocation(expression);
      const parts = type.isUnion() ? type.types : [type];
      return parts.every((part) => isArray(checker.getBaseConstraintOfType(part) ?? part));
    };
    /** @param {ts.Type} type */
    const isArray = (type) =>
      checker.isArrayType(type) || checker.isTupleType(type) || TYPED_ARRAYS.has(type.getSymbol()?.name ?? '');

    /**
     * What a loop goes over, and the names that it gives to index and element.
     *
     * @param {ts.ForOfStatement} loop
     */
    const plan = ({ awaitModifier, initializer, expression }) => {
      const declared = ts.isVariableDeclarationList(initializer) ? initializer : undefined;
      const name = declared?.declarations[0]?.name;
      if (awaitModifier !== undefined || declared === undefined || name === undefined) return undefined;
      if ((declared.flags & ts.NodeFlags.BlockScoped) === 0) return undefined;
      if (isList(expression)) return { declared, list: expression, index: undefined, element: name };
      const list = entriesOf(expression);
      if (list === undefined || !isList(list) || !ts.isArrayBindingPattern(name)) return undefined;
      const [index, element, ...others] = name.elements.map(plainName);
      if (index === undefined || element === undefined || others.length > 0) return undefined;
      return { declared, list, index, element };
    };

    /**
     * @template {ts.Node} T
     * @param {T} node
     */
    const visited = (node) => /** @type {T} */ (ts.visitNode(node, visit));

    /** @type {ts.Visitor} */
    const visit = (node) => {
      const found = ts.isForOfStatement(node) ? plan(node) : undefined;
      if (found === undefined || !ts.isForOfStatement(node)) return ts.visitEachChild(node, visit, context);
      const { declared, list, index, element } = found;
      const at = factory.createUniqueName('at');
      const items = factory.createUniqueName('items');
      /**
       * @param {ts.BindingName} name
       * @param {ts.Expression} value
       */
      const declaration = (name, value) =>
        factory.createVariableDeclaration(visited(name), undefined, undefined, value);
      const names = factory.createVariableDeclarationList(
        [
          ...(index === undefined ? [] : [declaration(index, at)]),
          declaration(element, factory.createElementAccessExpression(items, at)),
        ],
        declared.flags,
      );
      const counted = factory.createForStatement(
        factory.createVariableDeclarationList(
          [declaration(at, factory.createNumericLiteral(0)), declaration(items, visited(list))],
          ts.NodeFlags.Let,
        ),
        factory.createLessThan(at, factory.createPropertyAccessExpression(items, 'length')),
        factory.createPostfixIncrement(at),
        // The body stays a block of its own: it may declare a variable of the same name.
        factory.createBlock([factory.createVariableStatement(undefined, names), visited(node.statement)], true),
      );
      return ts.setOriginalNode(ts.setTextRange(counted, node), node);
    };
    return visited(file);
  };
}

/**
 * The `xs` of `xs.entries()`.
 *
 * @param {ts.Expression} expression
 */
function entriesOf(expression) {
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return undefined;
  return expression.expression.name.text === 'entries' ? expression.expression.expression : undefined;
}

/**
 * What an element of a pattern is called, if that is all that is said of it.
 *
 * @param {ts.ArrayBindingElement} element
 */
function plainName(element) {
  if (ts.isOmittedExpression(element) || element.initializer !== undefined || element.dotDotDotToken !== undefined)
    return undefined;
  return element.name;
}
