// The node itself: its health, its parts, its configuration.

import { Pairs, Table, card, el, stranger, visible } from '/page/dom.js';
import { ago, bytes, lead, number, rough, time } from '/page/format.js';

export const id = 'node';
export const title = 'Node';

const PILLS = { up: 'pill good', warning: 'pill warn', down: 'pill bad' };

export function open(root) {
  let configured = false;
  const facts = new Pairs('figures');
  const identity = new Pairs();
  const parts = new Pairs();
  const checks = new Table(
    'Checks of the node’s health',
    [
      { label: 'Check', text: (row) => row.name.replaceAll('_', ' ') },
      { label: 'State', cell: (row) => el('span', { class: PILLS[row.state] ?? 'pill' }, row.state) },
      { label: 'Reason', class: 'wide', cell: (row) => stranger(row.reason ?? '', 300) },
    ],
    'No check was made.',
  );
  const configuration = new Table(
    'Effective configuration',
    [
      { label: 'Key', class: 'mono', text: (row) => row.key },
      { label: 'Value', class: 'mono wide', cell: (row) => stranger(row.value, 400) },
    ],
    'The node shows its configuration to programs on its own machine only.',
  );
  root.append(
    el('section', { class: 'card', 'aria-label': 'State' }, facts.element),
    card('Health', '', checks.element),
    card('Identity', 'half', identity.element),
    card('Parts', 'half', parts.element),
    card('Configuration', '', configuration.element),
  );
  return {
    paths: () => (configured ? [] : ['/configuration']),
    show(status, read) {
      facts.set([
        ['Uptime', rough(status.uptime_seconds)],
        ['Memory', `${bytes(status.memory.used_bytes)}`],
        ['Memory limit', bytes(status.memory.max_bytes)],
        ['Ledger', `${number(status.ledger?.events)} events`],
        ['Its size', bytes(status.ledger?.bytes)],
        ['Version', visible(status.version, 24)],
      ]);
      checks.set(status.checks);
      identity.set([
        ['Name', visible(status.name, 80)],
        ['Id', visible(status.id, 80)],
        ['Started', time(Date.parse(status.started_at))],
        ['Clock', `${lead(status.clock.offset_seconds)} to most neighbours`],
        ...(status.notes ?? []).map((note) => ['Note', visible(note, 300)]),
      ]);
      parts.set([
        ['Broker', brokerText(status.broker)],
        ['Snapshot', snapshotText(status.snapshot)],
        ['Last sync', status.last_sync ? ago(status.last_sync) : '--'],
        ['Ledger limit', `${number(status.ledger?.max_events)} events`],
      ]);
      configured = true;
      if (read) {
        configuration.set(rows('', read));
      }
    },
  };
}

function brokerText(broker) {
  return !broker ? 'not used' : broker.connected ? 'connected' : visible(broker.reason ?? 'not connected', 200);
}

function snapshotText(snapshot) {
  if (!snapshot) {
    return 'not used';
  }
  const age = snapshot.age_seconds === undefined ? 'not written yet' : `${rough(snapshot.age_seconds)} old`;
  return `${age}, ${bytes(snapshot.bytes)}`;
}

/** The keys of an object and of the objects in it, with dots between. */
function rows(path, object) {
  return Object.entries(object).flatMap(([name, value]) =>
    value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0
      ? rows(`${path}${name}.`, value)
      : [{ key: path + name, value: JSON.stringify(value) }],
  );
}
