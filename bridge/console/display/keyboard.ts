/** Where a key was pressed, as far as it matters. */
export interface PressedAt {
  readonly tagName: string;
  readonly type?: string;
  readonly isContentEditable?: boolean;
}

/** Kinds of input in which a space is text. */
const TEXT_INPUTS = ['text', 'search', 'password', 'email', 'url'];

/** Whether a space typed there is text, and not the emergency stop. A field for a number has no use for one. */
export function isTextField({ tagName, type = 'text', isContentEditable = false }: PressedAt): boolean {
  const name = tagName.toLowerCase();
  return isContentEditable || name === 'textarea' || (name === 'input' && TEXT_INPUTS.includes(type));
}
