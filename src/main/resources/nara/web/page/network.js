// Who is there: neighbours, where they are, journeys and the stash.

import { Pairs, Table, card, el, stranger, svg, visible } from '/page/dom.js';
import { ago, bytes, lead, millis, number, time } from '/page/format.js';

export const id = 'network';
export const title = 'Network';

const WIDTH = 480;
const HEIGHT = 360;
const MARGIN = 34;
const MAX_PLACES = 200;

/** More names than that cover each other. */
const MAX_LABELS = 24;

export function open(root) {
  const neighbours = new Table(
    'Neighbours',
    [
      {
        label: 'Neighbour',
        class: 'short',
        cell: (row) => [stranger(row.name, 60), el('small', {}, stranger(row.address || 'no address', 60))],
        key: (row) => [row.name, row.address],
      },
      {
        label: 'State',
        cell: (row) => el('span', { class: row.state === 'online' ? 'pill good' : 'pill' }, row.state),
        key: (row) => row.state,
      },
      { label: 'Transport', text: transport },
      { label: 'Known by', text: (row) => row.sources.join(', ') },
      { label: 'Last contact', class: 'n', text: (row) => (row.last_contact ? ago(row.last_contact) : '--') },
      { label: 'Round trip', class: 'n', text: (row) => millis(row.round_trip_ms) },
      { label: 'Clock', class: 'n', text: (row) => lead(row.clock_offset_seconds) },
    ],
    'No neighbour is known yet.',
  );
  const map = svg('svg', { class: 'map', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' });
  const stash = new Pairs();
  const journeys = new Table(
    'Journeys of this node that came back',
    [
      { label: 'Message', class: 'wide', cell: (row) => stranger(row.message, 120) },
      { label: 'State', text: (row) => row.state.replaceAll('_', ' ') },
      { label: 'Signed by', class: 'n', text: (row) => number(row.hops.length) },
      { label: 'Began', class: 'fixed', text: (row) => (row.started_at ? time(row.started_at * 1000) : '--') },
    ],
    'No journey of this node has come back.',
  );
  root.append(
    card(
      'Map',
      'half',
      map,
      el('p', { class: 'note' }, 'Distance on the map is the expected round trip. Rings are round this node.'),
    ),
    el(
      'div',
      { class: 'half', id: 'mine' },
      card('Stash', '', stash.element),
      card('Journeys', '', journeys.element),
    ),
    card('Neighbours', '', neighbours.element),
  );
  return {
    paths: (status) =>
      status.ledger
        ? ['/network/map', '/world/journeys', ...(status.parts?.stash ? ['/api/stash/status'] : [])]
        : [],
    show(status, places, travels, kept) {
      neighbours.set(status.neighbours, status.neighbours_known);
      drawMap(map, places?.nodes ?? []);
      journeys.set(travels?.journeys ?? []);
      stash.set(stashPairs(kept));
    },
  };
}

function transport(row) {
  const broker = row.sources.includes('plaza');
  return row.address ? (broker ? 'mesh, broker' : 'mesh') : broker ? 'broker' : '--';
}

function stashPairs(kept) {
  if (!kept) {
    return [['State', 'this node keeps no stash']];
  }
  const confirmed = kept.confidants.filter((each) => each.status === 'confirmed').length;
  return [
    [
      'Own data',
      kept.my_stash
        ? `${bytes(kept.my_stash.bytes)}, kept by ${confirmed} of ${kept.target_count} confidants`
        : 'none',
    ],
    [
      'For others',
      `${kept.metrics.stashes_stored} of ${kept.metrics.storage_limit}, ${bytes(kept.metrics.total_bytes)}`,
    ],
    ['Recovery', visible(kept.recovery, 200)],
  ];
}

function drawMap(map, nodes) {
  const placed = nodes.filter((node) => node.coordinates).slice(0, MAX_PLACES);
  const key = JSON.stringify(placed.map((n) => [n.name, n.coordinates.x, n.coordinates.y, n.online]));
  if (map.shown === key) {
    return;
  }
  map.shown = key;
  map.setAttribute('aria-label', `Map of ${placed.length} naras by round trip`);
  if (placed.length === 0) {
    map.replaceChildren(
      svg('text', { x: WIDTH / 2, y: HEIGHT / 2, 'text-anchor': 'middle' }, 'No place is known yet.'),
    );
    return;
  }
  const own = (placed.find((node) => node.is_self) ?? placed[0]).coordinates;
  const reach = Math.max(
    0.01,
    ...placed.map((n) => Math.hypot(n.coordinates.x - own.x, n.coordinates.y - own.y)),
  );
  const scale = (HEIGHT / 2 - MARGIN) / reach;
  const at = (node) => [
    WIDTH / 2 + (node.coordinates.x - own.x) * scale,
    HEIGHT / 2 + (node.coordinates.y - own.y) * scale,
  ];
  const step = niceStep(reach);
  const parts = [];
  for (let ring = step; ring * scale < HEIGHT / 2 - 8; ring += step) {
    parts.push(
      svg('circle', { class: 'ring', cx: WIDTH / 2, cy: HEIGHT / 2, r: ring * scale }),
      svg(
        'text',
        { x: WIDTH / 2 + 4, y: HEIGHT / 2 - ring * scale - 4 },
        `${Number(ring.toPrecision(2))} ms`,
      ),
    );
  }
  placed.forEach((node) => {
    const [cx, cy] = at(node);
    const kind = node.is_self ? 'self' : node.online ? 'place' : 'away';
    parts.push(
      svg('circle', { class: kind, cx, cy, r: node.is_self ? 7 : 5 }, svg('title', {}, visible(node.name, 60))),
    );
  });
  placed.slice(0, MAX_LABELS).forEach((node) => {
    const [x, y] = at(node);
    const flips = x > WIDTH - 110;
    parts.push(
      svg(
        'text',
        { class: 'label', x: flips ? x - 11 : x + 11, y: y + 4, 'text-anchor': flips ? 'end' : 'start' },
        visible(node.name, 18),
      ),
    );
  });
  map.replaceChildren(...parts);
}

/** A step of 1, 2 or 5 times a power of ten that gives two to five rings. */
function niceStep(reach) {
  const power = 10 ** Math.floor(Math.log10(reach / 2));
  return power * ([1, 2, 5].findLast((factor) => factor * power <= reach / 2) ?? 1);
}
