// Whether a key that is pressed goes into a field.

/** Keys that go into a field are no commands. */
export function isTyping(target: EventTarget | null): boolean {
  // An editor stands in a shadow root, and its host is all that is seen from outside.
  const inside = target instanceof HTMLElement ? target.shadowRoot?.activeElement : null;
  if (inside) return isTyping(inside);
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
