// Whom and what the node believes.

import { Pairs, Table, card, el, stranger, visible } from '/page/dom.js';
import { bytes, number } from '/page/format.js';

export const id = 'trust';
export const title = 'Trust';

export function open(root) {
  const sums = new Pairs('figures');
  const verdicts = new Pairs('pairs numbers');
  const refused = new Pairs('pairs numbers');
  const contested = new Table(
    'Contested names and their evidence',
    [
      { label: 'Name', class: 'short', cell: (row) => [stranger(row.name, 60), ...claimants(row)] },
      { label: 'Decision', cell: decision },
      { label: 'Claimed keys, strongest evidence first', class: 'wide', cell: claims },
      { label: 'Waiting', class: 'n', text: (row) => number(row.waiting) },
    ],
    'No name is claimed with several keys.',
  );
  const waiting = new Table(
    'Names whose events wait in the quarantine',
    [
      { label: 'Name or id', class: 'short', cell: (row) => stranger(row.name, 60) },
      { label: 'Events', class: 'n', text: (row) => number(row.events) },
      { label: 'Because', text: (row) => row.reason },
    ],
    'No event waits for a key.',
  );
  const dropped = new Table(
    'Neighbours that the recovery asked last or later',
    [
      { label: 'Neighbour', class: 'short', cell: (row) => stranger(row.name, 60) },
      { label: 'Rejected', class: 'n', text: (row) => number(row.rejected) },
      {
        label: 'Why',
        class: 'wide',
        cell: (row) => stranger(row.dropped_because ?? row.asked_later_because, 200),
      },
    ],
    'The recovery dropped no neighbour.',
  );
  root.append(
    el('section', { class: 'card', 'aria-label': 'Sums since the start' }, sums.element),
    card('Contested names', '', contested.element),
    card('Quarantine', 'half', waiting.element),
    card('Dropped neighbours', 'half', dropped.element),
    card('Verdicts since the start', 'half', verdicts.element),
    card('Refused requests', 'half', refused.element),
  );
  return {
    paths: (status) => ['/trust', ...(status.recovery.started_at ? ['/report'] : [])],
    show(status, trust, report) {
      sums.set([
        ['Events offered', number(trust.received)],
        ['New', number(trust.added)],
        ['Duplicate', number(trust.duplicate)],
        ['Rejected', number(trust.rejected)],
        ['In quarantine', number(trust.quarantine?.events)],
        ['Its size', bytes(trust.quarantine?.bytes)],
      ]);
      contested.set(trust.contested ?? [], trust.contested_count ?? 0);
      waiting.set(trust.waiting ?? [], trust.quarantine?.keys ?? 0);
      dropped.set(
        (report?.neighbours ?? []).filter((row) => row.dropped_because || row.asked_later_because),
      );
      verdicts.set(counts(trust.verdicts, 'no event was judged'));
      refused.set(counts(trust.refused_requests, 'no request was refused'));
    },
  };
}

function counts(numbers, none) {
  const entries = Object.entries(numbers ?? {}).filter(([, count]) => count > 0);
  return entries.length > 0
    ? entries.map(([label, count]) => [visible(label.replaceAll('_', ' ')), number(count)])
    : [[none, '']];
}

function claimants(row) {
  return row.claimed_by
    ? [el('small', {}, 'its id is claimed by ', stranger(row.claimed_by.join(', '), 120))]
    : [];
}

function decision(row) {
  return row.decision === 'undecided'
    ? el('span', { class: 'pill warn' }, 'undecided')
    : el('span', { class: 'pill good' }, row.by_operator ? 'by the operator' : 'decided');
}

function claims(row) {
  return row.claims.map((claim) =>
    el(
      'div',
      { class: 'claim' },
      el('span', { class: 'mono' }, stranger(claim.key, 60)),
      claim.holds ? el('span', { class: 'dim' }, ' holds') : null,
      el('small', {}, stranger(claim.evidence.join(', ') || 'without evidence', 300)),
    ),
  );
}
