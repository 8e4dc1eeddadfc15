// Builds and updates elements. Texts enter the page as text only, never as markup.

/** At most so many rows of a table are in the page. */
export const MAX_ROWS = 200;

/** An element; a function as a property listens, `class` and the like are attributes. */
export function el(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value !== undefined && value !== null) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets the text of an element, if it differs: a selection by the reader stays. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** A text of a stranger, cut, with characters that reorder or hide text made visible. */
export function visible(text, most = 80) {
  const letters = Array.from(String(text ?? '')).slice(0, most + 1);
  const cut = letters.length > most ? [...letters.slice(0, most), '…'] : letters;
  return cut
    .join('')
    .replace(INVISIBLE, (c) => '\\u' + c.codePointAt(0).toString(16).padStart(4, '0'));
}

/** The same as an element whose direction does not reach beyond it. */
export function stranger(text, most = 80) {
  return el('bdi', {}, visible(text, most));
}

/** A card with a heading. */
export function card(heading, size, ...children) {
  return el('section', { class: 'card ' + size }, el('h2', {}, heading), ...children);
}

/** A list of names and values that keeps its elements. */
export class Pairs {
  constructor(kind = 'pairs') {
    this.element = el('dl', { class: kind });
    this.shown = '';
    this.values = [];
  }

  /** Shows [name, value] pairs; a value is a text or an element. */
  set(pairs) {
    const plain = pairs.every(([, value]) => typeof value === 'string');
    const names = pairs.map(([name]) => name).join('\n');
    if (plain && names === this.shown) {
      pairs.forEach(([, value], i) => setText(this.values[i], value));
      return;
    }
    this.shown = plain ? names : '';
    this.values = pairs.map(([, value]) => el('dd', {}, value));
    this.element.replaceChildren(
      ...pairs.map(([name], i) => el('div', {}, el('dt', {}, name), this.values[i])),
    );
  }
}

/**
 * A table that keeps its cells. A column is {label, class, text(row)} or {label, class, cell(row)};
 * the first one names the row.
 */
export class Table {
  constructor(caption, columns, empty) {
    this.columns = columns;
    this.body = el('tbody');
    this.keys = [];
    this.more = el('p', { class: 'note', hidden: true });
    this.empty = el('p', { class: 'note' }, empty);
    this.scroll = el(
      'div',
      { class: 'scroll', hidden: true, tabindex: '0', role: 'region', 'aria-label': caption },
      el(
        'table',
        {},
        el('caption', { class: 'unseen' }, caption),
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            ...columns.map((column) => el('th', { scope: 'col', class: column.class }, column.label)),
          ),
        ),
        this.body,
      ),
    );
    this.element = el('div', {}, this.scroll, this.more, this.empty);
  }

  /** Shows the first rows, and says how many more there are. */
  set(rows, total = rows.length) {
    const shown = rows.slice(0, MAX_ROWS);
    while (this.body.rows.length > shown.length) {
      this.body.lastChild.remove();
    }
    shown.forEach((row, i) => this.show(row, i));
    this.scroll.hidden = shown.length === 0;
    this.empty.hidden = shown.length > 0;
    this.more.hidden = total <= shown.length;
    setText(this.more, `and ${(total - shown.length).toLocaleString('en')} more`);
  }

  show(row, i) {
    let line = this.body.rows[i];
    if (!line) {
      line = el('tr', {}, ...this.columns.map((column, c) => this.cell(column, c)));
      this.body.append(line);
    }
    this.columns.forEach((column, c) => {
      const cell = line.cells[c];
      if (column.text) {
        setText(cell, column.text(row));
        return;
      }
      const key = JSON.stringify(column.key ? column.key(row) : row);
      if (cell.shown !== key) {
        cell.shown = key;
        cell.replaceChildren(...[column.cell(row)].flat().filter((part) => part));
      }
    });
  }

  cell(column, index) {
    return index === 0
      ? el('th', { scope: 'row', class: column.class })
      : el('td', { class: column.class });
  }
}
