// The groups of a pattern: which hold the secret, and what they stand in.
import type { AST } from '@eslint-community/regexpp';

/** All capturing groups, outermost first. */
export function groupsOf(tree: AST.Pattern): AST.CapturingGroup[] {
  const found: AST.CapturingGroup[] = [];
  const visit = (node: AST.Alternative | AST.Element): void => {
    if (node.type === 'CapturingGroup') found.push(node);
    if (node.type === 'Quantifier') visit(node.element);
    else if (node.type === 'Alternative') node.elements.forEach(visit);
    else if (node.type === 'Group' || node.type === 'CapturingGroup') node.alternatives.forEach(visit);
  };
  tree.alternatives.forEach(visit);
  return found;
}

export function containsGroup(node: AST.Quantifier, group: AST.CapturingGroup): boolean {
  return group.start >= node.start && group.end <= node.end;
}
