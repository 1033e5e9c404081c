import { paragraphs, type Block, type Image, type Section } from './document.js';
import { svg } from './drawing.js';
import { WIDE, type Head } from './html-page.js';

/** A page for a repository, and the pictures that it names as files beside it. */
export function markdownPage(
  { title, subtitle, about }: Head,
  sections: readonly Section[],
): { markdown: string; pictures: Map<string, string | Uint8Array> } {
  const pictures = new Map<string, string | Uint8Array>();
  const blocks = [
    `# ${plain(title)}`,
    ...(subtitle === '' ? [] : [plain(subtitle)]),
    ...paragraphs(about).map(plain),
    ...sections.flatMap((section) => [
      `## ${plain(section.title)}`,
      ...section.blocks.map((block) => markdownOf(block, pictures)),
    ]),
  ];
  return { markdown: `${blocks.join('\n\n')}\n`, pictures };
}

function markdownOf(block: Block, pictures: Map<string, string | Uint8Array>): string {
  switch (block.kind) {
    case 'text':
      return plain(block.text);
    case 'list':
      return block.items.map((item) => `- ${plain(item)}`).join('\n');
    case 'code':
      return block.text
        .split('\n')
        .map((line) => `    ${line}`)
        .join('\n');
    case 'table':
      return table(
        block.columns.map(({ title }) => plain(title)),
        block.columns.map(({ numeric }) => (numeric ? '---:' : '---')),
        block.rows.map((cells) => cells.map(plain)),
      );
    case 'picture': {
      const file = `${block.file}.svg`;
      pictures.set(file, svg(block.draw(WIDE), { alt: block.alt, alone: true }));
      return `![${plain(block.alt)}](${file})\n\n${plain(block.caption)}`;
    }
    case 'images': {
      const shown = (image: Image): string => {
        const file = `${image.file}.png`;
        pictures.set(file, image.png);
        return `![${plain(image.alt)}](${file})`;
      };
      const rows = block.rows.map(({ title, note, key, images }) => [
        `**${plain(title)}** ${plain(note)} ${shown(key)}`,
        ...images.map((image) => `${shown(image)}<br>${plain(image.note)}`),
      ]);
      const grid = table(
        ['', ...block.columns.map(plain)],
        ['', ...block.columns].map(() => '---'),
        rows,
      );
      return `${plain(block.caption)}\n\n${grid}`;
    }
  }
}

function table(
  head: readonly string[],
  sides: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, sides, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Text that Markdown shows as it is, on one line. */
function plain(text: string): string {
  return (
    text
      .replaceAll(/\s+/g, ' ')
      .trim()
      .replaceAll(/[\\`*_{}[\]#|~$]/g, '\\$&')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // What would begin a list, or become a link by itself.
      .replace(/^[-+=]/, '\\$&')
      .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
      .replaceAll('://', ':\\//')
      .replaceAll(/www\./gi, (found) => found.replace('.', '\\.'))
  );
}
