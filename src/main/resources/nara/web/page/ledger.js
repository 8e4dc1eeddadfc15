// The ledger: events over time, the newest ones, and each of them.

import { MAX_ROWS, Pairs, Table, card, el, setText, stranger, visible } from '/page/dom.js';
import { bytes, number, plural, time } from '/page/format.js';

export const id = 'ledger';
export const title = 'Ledger';

const SERVICES = ['seen', 'social', 'observation', 'ping', 'hey-there', 'chau', 'checkpoint'];
const SPANS = 72;
const PAGE = 50;

/** The chart is read again after so long. */
const CHART_MILLIS = 5000;

const RANGES = [
  ['All', 0],
  ['30 days', 30 * 86400],
  ['7 days', 7 * 86400],
  ['24 hours', 86400],
  ['Hour', 3600],
];

export function open(root, { read }) {
  let zoom = null;
  let chartRead = 0;
  let counts = null;
  let rows = [];
  let cursor = null;
  let total = 0;
  let source = null;
  let skipped = 0;
  let listed = false;
  let closed = false;
  let asked = 0;

  // The chart.

  const plot = el('div', { class: 'chart' });
  const legend = el('ul', { class: 'legend' });
  const range = el('p', { class: 'note' });
  const buttons = RANGES.map(([label, seconds]) =>
    el(
      'button',
      {
        type: 'button',
        'aria-pressed': 'false',
        click: () => zoomTo(seconds ? { from: Date.now() / 1000 - seconds, to: null, seconds } : null),
      },
      label,
    ),
  );
  const figure = el('figure', { role: 'img', 'aria-label': 'Events over time' }, plot);

  // The list.

  const service = el(
    'select',
    { change: relist },
    el('option', { value: '' }, 'all'),
    ...SERVICES.map((name) => el('option', {}, name)),
  );
  const subject = el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', change: relist });
  const older = el('button', { type: 'button', click: loadOlder }, 'Older events');
  const summary = el('p', { class: 'note' });
  const events = new Table(
    'Events, newest first',
    [
      { label: 'Time', class: 'fixed', text: (row) => time(row.timestamp / 1e6) },
      { label: 'Service', cell: (row) => serviceMark(row.service), key: (row) => row.service },
      {
        label: 'Event',
        class: 'wide',
        cell: (row) => el('button', { type: 'button', class: 'row', click: () => openEvent(row.id) }, stranger(row.text, 140)),
        key: (row) => row.id,
      },
      { label: 'From', class: 'short', cell: (row) => stranger(row.emitter, 40), key: (row) => row.id },
    ],
    'No event passes the filter.',
  );
  const detail = el('dialog', { 'aria-labelledby': 'event-title', click: closeOutside });

  root.append(
    card(
      'Events over time',
      '',
      el('div', { class: 'head' }, range, el('div', { class: 'controls', role: 'group', 'aria-label': 'Time' }, ...buttons)),
      figure,
      legend,
    ),
    el(
      'section',
      { class: 'card' },
      el(
        'div',
        { class: 'head' },
        el('div', {}, el('h2', {}, 'Events'), summary),
        el(
          'div',
          { class: 'controls' },
          el('label', {}, 'Service', service),
          el('label', {}, 'Subject', subject),
        ),
      ),
      events.element,
      el('p', { class: 'note' }, older),
    ),
    detail,
  );

  const dark = matchMedia('(prefers-color-scheme: dark)');
  let chart = null;
  dark.addEventListener('change', redraw);
  const resize = new ResizeObserver(() => chart?.setSize({ width: plot.clientWidth, height: 220 }));
  resize.observe(plot);

  function zoomTo(next) {
    zoom = next;
    chartRead = 0;
    readChart();
    relist();
  }

  function times() {
    const query = new URLSearchParams();
    if (zoom) {
      query.set('after', nanos(zoom.from));
      if (zoom.to) {
        query.set('before', nanos(zoom.to));
      }
    }
    return query;
  }

  async function readChart() {
    if (Date.now() - chartRead < CHART_MILLIS) {
      return;
    }
    chartRead = Date.now();
    const query = times();
    query.set('spans', SPANS);
    const found = await read('/ledger/histogram?' + query).catch(() => null);
    if (found && !closed) {
      counts = found;
      redraw();
    }
  }

  function redraw() {
    if (!counts || closed) {
      return;
    }
    const { start_seconds: start, span_seconds: span } = counts;
    const shown = SERVICES.filter((name) => counts.services[name]);
    const xs = Array.from({ length: SPANS }, (_, i) => start + (i + 0.5) * span);
    const sums = Object.fromEntries(
      shown.map((name) => [name, counts.services[name].reduce((a, b) => a + b, 0)]),
    );
    // Stacked: each series is drawn over the one that includes it.
    const stack = [];
    const below = new Array(SPANS).fill(0);
    for (const name of shown) {
      counts.services[name].forEach((count, i) => (below[i] += count));
      stack.unshift([name, [...below]]);
    }
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue('--' + name).trim();
    const data = [xs, ...stack.map(([, values]) => values)];
    const axis = {
      stroke: colour('quiet'),
      grid: { stroke: colour('line'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
    };
    const bars = uPlot.paths.bars({ size: [0.86, 60] });
    const options = {
      width: plot.clientWidth,
      height: 220,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
      scales: {
        x: { time: true, range: [start, start + SPANS * span] },
        y: { range: (_, low, high) => [0, Math.max(1, high * 1.05)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 32,
          values: (_, ticks) => ticks.map((tick) => axisTime(tick, SPANS * span)),
        },
        { ...axis, size: 56, splits: wholeSplits, values: (_, ticks) => ticks.map((tick) => number(tick)) },
      ],
      series: [
        {},
        ...stack.map(([name]) => ({
          label: name,
          stroke: colour(name),
          fill: colour(name),
          width: 0,
          points: { show: false },
          paths: bars,
        })),
      ],
      hooks: { setSelect: [selected] },
    };
    chart?.destroy();
    chart = new uPlot(options, data, plot);
    legend.replaceChildren(
      ...shown.map((name) =>
        el('li', {}, el('span', { class: 'swatch ' + name }), name, el('span', { class: 'dim' }, number(sums[name]))),
      ),
    );
    const all = Object.values(sums).reduce((a, b) => a + b, 0);
    const sentence = `${plural(all, 'event')} from ${time(start * 1000)} to ${time((start + SPANS * span) * 1000)}`;
    setText(range, sentence + (zoom ? '' : '. Drag over the chart to zoom.'));
    figure.setAttribute('aria-label', `Chart: ${sentence}; ` + shown.map((name) => `${name} ${number(sums[name])}`).join(', '));
    buttons.forEach((button, i) =>
      button.setAttribute('aria-pressed', String((zoom ? zoom.seconds : 0) === RANGES[i][1])),
    );
  }

  function selected(u) {
    if (u.select.width > 4) {
      const from = u.posToVal(u.select.left, 'x');
      const to = u.posToVal(u.select.left + u.select.width, 'x');
      u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      zoomTo({ from, to });
    }
  }

  // The list.

  function filter() {
    const query = times();
    if (service.value) {
      query.set('service', service.value);
    }
    if (subject.value) {
      query.set('subject', subject.value);
    }
    query.set('limit', PAGE);
    return query;
  }

  function relist() {
    listed = false;
    cursor = null;
    rows = [];
    skipped = 0;
    list();
  }

  async function list() {
    listed = true;
    const mine = ++asked;
    const query = filter();
    if (cursor) {
      query.set('cursor', cursor);
    }
    const page = await read('/api/inspector/events?' + query).catch(() => null);
    if (closed || mine !== asked) {
      return;
    }
    if (!page) {
      listed = false;
      return;
    }
    const held = new Set(rows.map((row) => row.id));
    rows.push(...page.events.map(flat).filter((row) => !held.has(row.id)));
    cursor = page.has_more ? page.next_cursor : null;
    total = page.total;
    showList();
  }

  function loadOlder() {
    list();
  }

  function showList() {
    events.set(rows, rows.length);
    older.disabled = !cursor || rows.length >= MAX_ROWS;
    const live = source && follows() ? 'New ones appear at the top' : 'New ones are not shown here';
    const gap = skipped > 0 ? `; ${number(skipped)} came too fast to be shown` : '';
    setText(summary, `${plural(total, 'event')}. ${live}${gap}.`);
  }

  /** Whether new events can belong to the list. */
  function follows() {
    return !subject.value && !(zoom && zoom.to);
  }

  function listen() {
    if (source || closed || document.hidden) {
      return;
    }
    source = new EventSource('/events');
    for (const name of SERVICES) {
      source.addEventListener(name, (message) => onEvent(JSON.parse(message.data)));
    }
    source.addEventListener('skipped', (message) => {
      skipped += JSON.parse(message.data).count ?? 0;
      plan();
    });
  }

  let planned = 0;

  /** Shows what came together, a few times a second at most. */
  function plan() {
    planned ||= setTimeout(() => {
      planned = 0;
      if (!closed) {
        showList();
      }
    }, 250);
  }

  function onEvent(event) {
    if (!follows() || (service.value && service.value !== event.service)) {
      return;
    }
    if (!rows.some((row) => row.id === event.id)) {
      rows.unshift(event);
      rows.length = Math.min(rows.length, MAX_ROWS);
      total++;
      plan();
    }
  }

  function hush() {
    source?.close();
    source = null;
  }

  // One event.

  async function openEvent(eventId) {
    const response = await fetch('/api/inspector/event/' + eventId).catch(() => null);
    if (!response?.ok || closed) {
      return;
    }
    const text = await response.text();
    const found = JSON.parse(text);
    // As the node holds it: numbers of JavaScript would round its time.
    const json = text.slice(text.indexOf('"event":') + 8, text.lastIndexOf(',"metadata":'));
    const { event, verification, metadata, arrival } = found;
    const facts = new Pairs();
    facts.set([
      ['Service', visible(event.svc)],
      ['Time', time(event.ts / 1e6)],
      ['Signed by', signer(event, verification)],
      ['Came', cameFrom(arrival)],
      ['Verdict', verification.verdict.replaceAll('_', ' ') + (verification.verification_error ? `: ${verification.verification_error}` : '')],
      ['Place', `${number(metadata.event_index + 1)} of ${number(metadata.total_events)} by time`],
      ['Bytes', bytes(new TextEncoder().encode(json).length)],
      ['Id', eventId],
    ]);
    const close = el('button', { type: 'button', click: () => detail.close() }, 'Close');
    detail.replaceChildren(
      el('div', { class: 'head' }, el('h2', { id: 'event-title' }, 'Event'), close),
      facts.element,
      el('pre', { class: 'mono', tabindex: '0', 'aria-label': 'The event as JSON' }, visible(json, 20000)),
    );
    detail.showModal();
  }

  function closeOutside(click) {
    if (click.target === detail) {
      detail.close();
    }
  }

  return {
    show(status) {
      if (!status.ledger) {
        return;
      }
      readChart();
      listen();
      if (!listed) {
        list();
      }
    },
    onVisible(shown) {
      if (shown) {
        listen();
      } else {
        hush();
      }
    },
    close() {
      closed = true;
      hush();
      resize.disconnect();
      dark.removeEventListener('change', redraw);
      chart?.destroy();
    },
  };
}

function flat(event) {
  return {
    id: event.id,
    timestamp: event.timestamp,
    service: event.service,
    emitter: event.emitter,
    text: event.ui_format.text + (event.ui_format.detail ? ` · ${event.ui_format.detail}` : ''),
  };
}

function signer(event, verification) {
  if (event.checkpoint) {
    return plural(event.checkpoint.voter_ids?.length ?? 0, 'voter');
  }
  const name = visible(event.emitter ?? '', 60);
  return verification.is_signed ? name : `nobody; it names ${name || 'nobody'}`;
}

/** From where an event came. The node remembers this for the newest events only. */
function cameFrom(arrival) {
  if (!arrival) {
    return 'the node does not remember';
  }
  const way = {
    peer: () => `from ${visible(arrival.peer, 60)}`,
    broker: () => 'over the broker',
    import: () => 'from an imported file',
    snapshot: () => 'from the snapshot of this node',
    self: () => 'from this node',
  }[arrival.way];
  return `${way ? way() : visible(arrival.way)}, ${time(Date.parse(arrival.at))}`;
}

function serviceMark(name) {
  const mark = el('span', { class: 'swatch ' + (SERVICES.includes(name) ? name : '') });
  return el('span', { class: 'service' }, mark, visible(name, 20));
}

/** Seconds as the node's nanoseconds, which are too large for a number. */
function nanos(seconds) {
  return String(BigInt(Math.round(seconds * 1000)) * 1000000n);
}

/** A tick of the chart on the reader's clock: a day, or a time when the chart spans few days. */
function axisTime(seconds, length) {
  const text = time(seconds * 1000);
  const clock = text.slice(-8);
  const day = text.slice(0, -9);
  return length < 600 ? clock : length < 2 * 86400 ? clock.slice(0, 5) : day;
}

/** Ticks at whole numbers: there is no half event. */
function wholeSplits(u, axis, low, high, increment) {
  const step = Math.max(1, Math.round(increment));
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
    ticks.push(tick);
  }
  return ticks;
}
