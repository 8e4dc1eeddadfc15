// The cluster of this node's own machines.

import { Pairs, Table, card, el, stranger, visible } from '/page/dom.js';
import { number } from '/page/format.js';

export const id = 'cluster';
export const title = 'Cluster';

export function open(root) {
  const facts = new Pairs('figures');
  const members = new Table(
    'Members of the cluster',
    [
      { label: 'Member', class: 'short', cell: (row) => stranger(row.name, 80) },
      {
        label: 'Role',
        cell: (row) => el('span', { class: row.leads ? 'pill good' : 'pill' }, row.leads ? 'leader' : 'member'),
      },
      { label: '', text: (row) => (row.self ? 'this node' : '') },
    ],
    'No member is known.',
  );
  const terms = new Table(
    'Events accepted in each term',
    [
      { label: 'Term', text: (row) => row.term },
      { label: 'Events accepted', class: 'n', text: (row) => number(row.events) },
    ],
    'No event was accepted yet.',
  );
  const alone = card(
    'Not clustered',
    '',
    el('p', { class: 'note' }, 'This node runs alone. A cluster lets several machines be one nara; see cluster in the configuration.'),
  );
  const parts = [
    el('section', { class: 'card', 'aria-label': 'State' }, facts.element),
    card('Members', 'half', members.element),
    card('Terms', 'half', terms.element),
  ];
  root.append(alone, ...parts);
  return {
    show({ cluster }) {
      alone.hidden = Boolean(cluster);
      parts.forEach((part) => (part.hidden = !cluster));
      if (!cluster) {
        return;
      }
      facts.set([
        ['Leader', visible(cluster.leader || 'none', 30)],
        ['Term', number(cluster.term)],
        ['Members', `${cluster.members.length}, quorum ${cluster.quorum}`],
        ['Quorum', cluster.quorate ? 'yes' : 'no'],
        ['View', cluster.caught_up ? 'caught up' : 'catching up'],
        ['Refused', number(cluster.refused)],
      ]);
      members.set(
        cluster.members.map((name) => ({
          name,
          leads: name === cluster.leader,
          self: name === cluster.member,
        })),
      );
      terms.set(
        Object.entries(cluster.accepted_by_term)
          .map(([term, events]) => ({ term, events }))
          .reverse(),
      );
    },
  };
}
