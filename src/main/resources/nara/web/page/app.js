// The page's frame: navigation, one loop that reads the node, and what stands on every view.

import { el, setText, visible } from '/page/dom.js';
import { rough, time } from '/page/format.js';
import * as recovery from '/page/recovery.js';
import * as network from '/page/network.js';
import * as ledger from '/page/ledger.js';
import * as trust from '/page/trust.js';
import * as cluster from '/page/cluster.js';
import * as node from '/page/node.js';

const VIEWS = [recovery, network, ledger, trust, cluster, node];
const RUNNING_MILLIS = 1000;
const QUIET_MILLIS = 2000;
const TIMEOUT_MILLIS = 8000;

const byId = (id) => document.getElementById(id);
const links = new Map();
let view = null;
let timer = 0;
let reading = false;
let lastAnswer = 0;
let spoken = '';

/** Reads a path as JSON; null when the node has it not. */
export async function read(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MILLIS), cache: 'no-store' });
  return response.ok ? response.json() : null;
}

function addLinks() {
  for (const each of VIEWS) {
    const link = el('a', { href: '#' + each.id }, each.title);
    links.set(each, link);
    byId('nav').append(el('li', {}, link));
  }
}

function openView() {
  const wanted = VIEWS.find((each) => '#' + each.id === location.hash);
  // Another fragment, such as that of the skip link, is no view.
  const next = wanted ?? view?.module ?? recovery;
  if (view?.module === next) {
    return;
  }
  view?.close?.();
  const module = next;
  const root = byId('view');
  root.replaceChildren();
  view = { module, ...module.open(root, { read, refresh }) };
  for (const [each, link] of links) {
    if (each === module) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    } else {
      link.removeAttribute('aria-current');
    }
  }
  setText(byId('title'), module.title);
  scrollTo(0, 0);
  refresh();
}

async function tick() {
  if (document.hidden || reading) {
    return;
  }
  reading = true;
  const shown = view;
  let pause = QUIET_MILLIS;
  try {
    const status = await read('/status');
    if (!status) {
      throw new Error('no status');
    }
    const paths = shown.paths?.(status) ?? [];
    const answers = await Promise.all(paths.map(read));
    recovery.observe(status);
    answered(status);
    if (shown === view) {
      shown.show(status, ...answers);
    }
    pause = status.recovery.finished ? QUIET_MILLIS : RUNNING_MILLIS;
  } catch (failure) {
    if (failure instanceof TypeError && !/fetch|network/i.test(failure.message)) {
      console.error(failure);
    }
    silent();
  } finally {
    reading = false;
    plan(shown === view ? pause : 0);
  }
}

function plan(millis) {
  clearTimeout(timer);
  if (!document.hidden) {
    timer = setTimeout(tick, millis);
  }
}

function refresh() {
  plan(0);
}

function answered(status) {
  lastAnswer = Date.now();
  byId('gone').hidden = true;
  byId('view').classList.remove('old');
  setText(byId('name'), visible(status.name, 60));
  document.title = `${visible(status.name, 40)} · ${view.module.title}`;
  const state = byId('state');
  const running = status.recovery.finished === false;
  setText(state, running ? 'recovering' : status.ready ? 'ready' : 'not ready');
  const doubt = status.checks.some((check) => check.state === 'warning');
  state.className = 'state ' + (running || !status.ready || doubt ? 'warn' : 'good');
  const reasons = status.checks
    .filter((check) => check.state !== 'up' && !(running && check.name === 'recovery'))
    .map((check) => check.reason);
  byId('reason').hidden = reasons.length === 0;
  setText(byId('reason'), reasons.map((reason) => visible(reason, 300)).join(' · '));
  say(
    running
      ? `Recovery: ${visible(status.recovery.stage)}`
      : status.recovery.outcome
        ? `Recovery ${visible(status.recovery.outcome)}, node ${status.ready ? 'ready' : 'not ready'}`
        : '',
  );
}

function silent() {
  byId('gone').hidden = false;
  byId('view').classList.add('old');
  const since = lastAnswer
    ? `since ${time(lastAnswer)}, ${rough((Date.now() - lastAnswer) / 1000)} ago`
    : 'yet';
  setText(byId('gone'), `The node does not answer ${since}.`);
  byId('state').className = 'state bad';
  setText(byId('state'), 'no answer');
  say('The node does not answer');
}

/** Tells a screen reader a change, once. */
function say(sentence) {
  if (sentence !== spoken) {
    spoken = sentence;
    setText(byId('spoken'), sentence);
  }
}

addLinks();
openView();
addEventListener('hashchange', openView);
document.addEventListener('visibilitychange', () => {
  view?.onVisible?.(!document.hidden);
  refresh();
});
