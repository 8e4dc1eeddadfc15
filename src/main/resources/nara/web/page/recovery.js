// The recovery: while it runs its progress, then its report.

import { Pairs, Table, card, el, setText, stranger, visible } from '/page/dom.js';
import { bytes, duration, number, plural, rough, time } from '/page/format.js';

export const id = 'recovery';
export const title = 'Recovery';

/** Rates are of the last ten seconds. */
const WINDOW_MILLIS = 10000;

const STAGES = new Map([
  ['starting', ['Starting', 'The parts of the node start.']],
  [
    'discovery',
    ['Looking for neighbours', 'The node asks its sources for neighbours and pings them.'],
  ],
  ['reconcile', ['Comparing ledgers', 'The node compares its events with those of its neighbours.']],
  ['pages', ['Fetching events', 'Each range of time comes from one neighbour that holds it.']],
  ['sample', ['Fetching samples', 'Neighbours choose the events.']],
  ['slices', ['Fetching by subject', 'Each neighbour gives the events of some subjects.']],
  ['plaza', ['Asking over the broker', 'Neighbours give their ledgers over the broker.']],
  ['further', ['Looking for further neighbours', 'Neighbours that came late are asked too.']],
  ['checkpoints', ['Fetching checkpoints', 'The node asks all neighbours for their checkpoints.']],
  ['keys', ['Fetching keys', 'Some events wait for the key of their signer.']],
  ['pings', ['Reading ping times', 'The node seeds its round trips from the ledger.']],
]);

const OUTCOMES = new Map([
  ['complete', 'Complete'],
  ['partial', 'Partial'],
  ['isolated', 'No neighbour answered'],
]);

let samples = [];
let started = '';
let lastGrowth = 0;

/** Keeps what rates need, whichever view is open. */
export function observe(status) {
  const { recovery } = status;
  if (recovery.started_at !== started) {
    started = recovery.started_at;
    samples = [];
    lastGrowth = Date.now();
  }
  const now = Date.now();
  const last = samples.at(-1);
  if (!last || recovery.received !== last.received || recovery.bytes !== last.bytes) {
    lastGrowth = now;
  }
  samples.push({
    at: now,
    received: recovery.received ?? 0,
    bytes: recovery.bytes ?? 0,
    remaining: recovery.remaining_events,
  });
  // One sample from before the window, so that a rate spans all of it.
  while (samples.length > 2 && samples[1].at < now - WINDOW_MILLIS) {
    samples.shift();
  }
}

function rate(of) {
  const first = samples[0];
  const last = samples.at(-1);
  const seconds = first && last ? (last.at - first.at) / 1000 : 0;
  return seconds > 0.5 ? (of(last) - of(first)) / seconds : NaN;
}

/** Seconds until all known events are here, by how fast they have become fewer. */
function timeLeft(remaining) {
  const known = samples.every((sample) => sample.remaining !== undefined);
  const fewer = known ? -rate((sample) => sample.remaining) : NaN;
  return fewer > 0 ? remaining / fewer : NaN;
}

export function open(root) {
  const stage = el('p', { class: 'stage' });
  const about = el('p', { class: 'about' });
  const share = el('p', { class: 'share' });
  const of = el('p', { class: 'of' });
  const bar = el('progress', { max: '1', 'aria-label': 'Events received' });
  const figures = new Pairs('figures');
  const waits = el('p', { class: 'note' });
  const reasons = el('ul', { class: 'note' });
  const progress = el(
    'section',
    { class: 'card', 'aria-label': 'Progress' },
    el('div', { class: 'hero' }, stage, share, about, of),
    bar,
    figures.element,
    waits,
    reasons,
  );
  const neighbours = new Table(
    'Neighbours of this recovery',
    [
      { label: 'Neighbour', class: 'short', cell: nameAndConduct, key: conductKey },
      { label: 'Requests', class: 'n', text: (row) => number(row.requests) },
      { label: 'Failed', class: 'n', text: (row) => number(row.failures) },
      { label: 'Received', class: 'n', text: (row) => bytes(row.bytes) },
      { label: 'Events', class: 'n', text: (row) => number(row.events) },
      { label: 'New', class: 'n', text: (row) => number(row.new) },
      { label: 'Duplicate', class: 'n', text: (row) => number(row.duplicate) },
      { label: 'Rejected', class: 'n', text: (row) => number(row.rejected) },
      { label: 'Score', class: 'n', text: (row) => row.score.toFixed(2) },
    ],
    'No neighbour has been found yet.',
  );
  const stages = new Table(
    'Stages of this recovery',
    [
      { label: 'Stage', text: (row) => visible(row.name) },
      { label: 'Outcome', text: (row) => visible(row.outcome) },
      { label: 'Began', class: 'n', text: (row) => duration(row.started_ms) },
      { label: 'Took', class: 'n', text: (row) => duration(row.duration_ms) },
      { label: 'Why it ended', class: 'wide', cell: (row) => stranger(row.reason ?? '', 300) },
    ],
    'The first stage has not ended yet.',
  );
  const verdicts = new Pairs('pairs numbers');
  const results = new Pairs('pairs numbers');
  root.append(
    progress,
    card('Neighbours', '', neighbours.element),
    card('Stages', 'two-thirds', stages.element),
    el(
      'div',
      { class: 'third', id: 'sums' },
      card('Events', '', results.element),
      card('Verdicts', '', verdicts.element),
    ),
  );

  function show(status, report) {
    const { recovery } = status;
    const [name, what] = STAGES.get(recovery.stage) ?? [visible(recovery.stage), ''];
    const running = recovery.finished === false;
    const totals = running || !report ? { ...recovery } : { ...recovery, ...report.events };
    setText(stage, running || recovery.stage === 'starting' ? name : outcomeText(recovery));
    setText(
      about,
      running || !report ? what : endText(recovery, report),
    );
    showBar(recovery, running);
    figures.set([
      ['Events received', number(totals.received)],
      ['New', number(totals.merged)],
      ...(running
        ? [
            ['Events per second', number(rate((sample) => sample.received))],
            ['Received', bytes(recovery.bytes)],
            ['Time left', left(recovery)],
            ['Elapsed', duration(recovery.duration_ms)],
          ]
        : [
            ['In the ledger', number(report?.ledger?.total ?? status.ledger?.events)],
            ['Received', bytes(recovery.bytes)],
            ['Neighbours', number(report?.neighbours?.length)],
            ['Took', duration(recovery.duration_ms)],
          ]),
    ]);
    setText(waits, running ? waitingText(recovery) : '');
    waits.hidden = waits.textContent === '';
    const texts = running ? [] : (report?.reasons ?? []);
    reasons.hidden = texts.length === 0;
    reasons.replaceChildren(...texts.map((text) => el('li', {}, stranger(text, 300))));
    if (!report) {
      return;
    }
    // A long list shows its first rows only, and naras that were not asked would fill it.
    neighbours.set([...report.neighbours].sort((a, b) => wasAsked(b) - wasAsked(a)));
    stages.set(report.stages);
    results.set(
      [
        ['Received', report.events.received],
        ['New', report.events.merged],
        ['Duplicate', report.events.duplicate],
        ['Waiting for keys', report.events.quarantined],
        ['Rejected', report.events.rejected],
        ['Pruned', report.events.pruned],
        ['Checkpoints', report.checkpoints.received],
        ['Ping times seeded', report.ping_times_seeded],
      ].map(([label, value]) => [label, number(value)]),
    );
    const judged = Object.entries(report.events.verdicts);
    verdicts.set(
      judged.length > 0
        ? judged.map(([label, count]) => [visible(label.replaceAll('_', ' ')), number(count)])
        : [['none yet', '']],
    );
  }

  function showBar(recovery, running) {
    bar.hidden = !running;
    share.hidden = !running;
    of.hidden = !running;
    const remaining = recovery.remaining_events;
    if (remaining === undefined || !running) {
      bar.removeAttribute('value');
      setText(share, '--');
      setText(of, 'of an unknown total');
      return;
    }
    const total = recovery.received + remaining;
    const part = total > 0 ? recovery.received / total : 0;
    bar.value = part;
    setText(share, `${Math.floor(100 * part)} %`);
    setText(of, `of at least ${number(total)} events`);
  }

  return {
    paths: (status) => (status.recovery.started_at ? ['/report'] : []),
    show,
  };
}

function wasAsked(neighbour) {
  return neighbour.requests > 0 || neighbour.events > 0;
}

function outcomeText(recovery) {
  const outcome = OUTCOMES.get(recovery.outcome) ?? visible(recovery.outcome);
  return recovery.stage === 'waiting for neighbours' && recovery.outcome !== 'isolated'
    ? `${outcome}, and waiting for neighbours`
    : outcome;
}

function endText(recovery, report) {
  const end = time(Date.parse(recovery.started_at) + recovery.duration_ms);
  return `Ended ${end}, after ${report.passes === 1 ? '1 pass' : report.passes + ' passes'}`;
}

function left(recovery) {
  return recovery.remaining_events === undefined ? '--' : rough(timeLeft(recovery.remaining_events));
}

/** Whom the recovery waits for, and for how long nothing has come. */
function waitingText(recovery) {
  const open = recovery.waiting_for ?? [];
  const asked = open
    .filter((peer) => !peer.lost)
    .map((peer) => `${visible(peer.name, 40)} (${plural(peer.requests, 'request')})`);
  const lost = open.filter((peer) => peer.lost).map((peer) => visible(peer.name, 40));
  const sentences = [];
  if (asked.length > 0) {
    sentences.push(`Waiting for ${listed(asked)}.`);
  }
  if (lost.length > 0) {
    sentences.push(`Lost, and may come back: ${listed(lost)}.`);
  }
  const silence = (Date.now() - lastGrowth) / 1000;
  if (silence >= 5) {
    sentences.push(`Nothing has come for ${rough(silence)}.`);
  }
  return sentences.join(' ');
}

function listed(names) {
  const most = 8;
  return names.length > most
    ? `${names.slice(0, most).join(', ')} and ${names.length - most} more`
    : names.join(', ');
}

function conductKey(row) {
  return [row.name, row.address, row.dropped_because, row.asked_later_because, row.last_failure];
}

function nameAndConduct(row) {
  const trouble = [
    row.dropped_because ? 'Asked last: ' + row.dropped_because : '',
    row.asked_later_because && !row.dropped_because ? 'Asked later: ' + row.asked_later_because : '',
    row.last_failure ? 'Last failure: ' + row.last_failure : '',
  ].filter((text) => text);
  return [
    stranger(row.name, 60),
    el('small', {}, stranger(row.address, 60)),
    ...trouble.map((text) => el('small', { class: 'trouble' }, stranger(text, 200))),
  ];
}
