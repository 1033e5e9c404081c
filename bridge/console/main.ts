import { z } from 'zod';
import type { MessageMap } from '../message-map.js';
import { decodeJson } from '../transport/json-messages.js';
import { accessToken, rememberToken, subprotocols } from './connection/access-token.js';
import { readAnswer } from './connection/answer.js';
import { Heartbeat } from './connection/heartbeat.js';
import { emergencyStop, type ConsoleRequest } from './connection/requests.js';
import { ServerConnection, type ConnectionState, type Socket } from './connection/server-connection.js';
import { formatAge, formatClock } from './display/format.js';
import { RequestLog } from './display/request-log.js';
import { PageModel } from './page-model.js';
import { element, setText } from './panels/element.js';
import { EmergencyStop } from './panels/emergency-stop.js';
import { HealthPanel } from './panels/health-panel.js';
import { LogPanel } from './panels/log-panel.js';
import { PathPanel } from './panels/path-panel.js';
import { PerturbPanel } from './panels/perturb-panel.js';
import { RobotPanel } from './panels/robot-panel.js';
import { SimulatorPanel } from './panels/simulator-panel.js';
import { WalkPanel } from './panels/walk-panel.js';
import { WeightsPanel } from './panels/weights-panel.js';

// The page's Content-Security-Policy forbids the functions that zod would make of text.
z.config({ jitless: true });

/** s between updates of texts and charts. */
const TEXT_PERIOD = 0.1;

type HeardTopic = 'robotState' | 'status' | 'weights' | 'acknowledgement';

/** By the name of the server's channel. */
const TOPICS: Readonly<Record<string, HeardTopic>> = {
  '/robot_state': 'robotState',
  '/status': 'status',
  '/weights': 'weights',
  '/acknowledgement': 'acknowledgement',
};

const after = (seconds: number, callback: () => void): void => void setTimeout(callback, 1000 * seconds);
const now = (): number => performance.now() / 1000;
const timeOfDay = (): string => formatClock(new Date());

const model = new PageModel();
const log = new RequestLog();
const robot = new RobotPanel();
const walk = new WalkPanel(model.trace);
const weights = new WeightsPanel();
const path = new PathPanel();
const health = new HealthPanel();
const logPanel = new LogPanel(log);

/** Ids that differ between pages and from those of other programs. */
const page = Array.from(crypto.getRandomValues(new Uint8Array(3)), (byte) =>
  byte.toString(16).padStart(2, '0'),
);
let requests = 0;
const nextId = (): string => `console-${page.join('')}-${++requests}`;

/** `number`: of its entry in the log, where it has one already. */
async function ask(request: ConsoleRequest, number = enter(request)): Promise<boolean> {
  const { service, payload } = request;
  const answer = await connection.call(service, payload);
  const told = typeof answer === 'string' ? readAnswer(answer) : answer;
  log.answer(number, told);
  logPanel.update();
  const accepted = 'accepted' in told && told.accepted;
  if (accepted) follow(request);
  return accepted;
}

/** The number of the request's entry in the log. */
function enter({ id, text }: ConsoleRequest): number {
  const number = log.ask(id, text, timeOfDay());
  logPanel.update();
  return number;
}

/** What an accepted request changes that no message tells. */
function follow({ payload, text }: ConsoleRequest): void {
  if (payload.operation === 'restart' && payload.morphology !== undefined) {
    model.becomeMorphology(payload.morphology);
  }
  const weightsChanged = payload.operation === 'begin' && payload.perturbation.component === 'weights';
  if (weightsChanged || payload.operation === 'freeze' || payload.operation === 'reset-weights')
    model.done(text);
  const redrawn = payload.operation === 'begin' && payload.perturbation.type === 'reset';
  if (redrawn || payload.operation === 'reset-weights') model.forgetPath();
}

const asking = { ask: (request: ConsoleRequest) => void ask(request), nextId };
const perturb = new PerturbPanel(asking);
const simulator = new SimulatorPanel(asking);
/** The last emergency stop that was asked for: insisting repeats the same request, and has one entry in the log. */
let stopAsked: { readonly request: ConsoleRequest; readonly number: number } | undefined;
const stop = new EmergencyStop({
  ask: (again) => {
    const request = emergencyStop(nextId());
    if (!again || !stopAsked) stopAsked = { request, number: enter(request) };
    return ask(stopAsked.request, stopAsked.number);
  },
  after,
});

let token = accessToken(location.hash, sessionStorage);
// So that it is not read over a shoulder, nor copied with the address.
if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);

/** What is done with the value of each parameter. */
const PARAMETERS: Readonly<Record<string, (value: unknown) => void>> = {
  bundles: (names) => simulator.offerBundles(z.array(z.string()).catch([]).parse(names)),
  bundle: (name) => {
    if (typeof name !== 'string') return;
    simulator.showBundle(name);
    model.runBundle(name);
  },
  morphology: (text) => {
    if (typeof text !== 'string') return;
    simulator.showMorphology(text);
    model.becomeMorphology(text);
  },
  dead_man: (seconds) => {
    heartbeat.patience = showDeadMan(seconds);
  },
};

const connection = new ServerConnection({
  open: () => {
    const address = new URL('/', location.href);
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    // Its `send` takes what the client gives it; the types differ in shared memory, which is never sent.
    return new WebSocket(address, subprotocols(token)) as Socket;
  },
  topics: Object.keys(TOPICS),
  watch: Object.keys(PARAMETERS),
  after,
  onState: showConnection,
  onMessage: (channel, text) => {
    const topic = TOPICS[channel];
    if (topic) hear(topic, text);
  },
  onServices: (names) => {
    perturb.setMayAsk(names.has('perturb'));
    simulator.setPresent(names.has('restart'));
  },
  onParameters: (parameters) => {
    for (const { name, value } of parameters) PARAMETERS[name]?.(value);
  },
  onNotice: (text) => {
    log.notice(text, timeOfDay());
    logPanel.update();
  },
});

/** Whether this page may ask for more than an emergency stop. */
let operating = false;
const heartbeat = new Heartbeat({
  visible: () => document.visibilityState === 'visible',
  beat: () => connection.beat(),
  after,
});
document.addEventListener('visibilitychange', () => heartbeat.look());

/** What is done with a message of each topic. */
const listeners: { readonly [T in HeardTopic]: (message: MessageMap[T]) => void } = {
  robotState: (state) => {
    model.hearState(state, now());
    robot.show(state, model.damage);
  },
  status: (status) => {
    model.hearStatus(status);
    health.show(status);
    perturb.showActive(model.active);
    if (status.latched === 'emergency stop') stop.confirm();
  },
  weights: (message) => {
    perturb.setLayers(message.layers.length);
    weights.show(message);
    model.hearWeights(message);
    const projected = model.path.project();
    if (projected) path.show(projected);
  },
  acknowledgement: (answer) => {
    log.overhear(answer, timeOfDay());
    logPanel.update();
  },
};

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it ties the message to its listener
function hear<T extends HeardTopic>(topic: T, text: string): void {
  const decoded = decodeJson(topic, text);
  if ('problem' in decoded) complain(topic, decoded.problem);
  else listeners[topic](decoded.message);
}

/** Topics whose messages could not be read: told once each. */
const complained = new Set<string>();

function complain(topic: string, problem: string): void {
  if (complained.has(topic)) return;
  complained.add(topic);
  log.notice(`a message on ${topic} could not be read: ${problem}`, timeOfDay());
  logPanel.update();
}

function showConnection(state: ConnectionState): void {
  const line = element('line', HTMLElement);
  const levels = { connecting: 'attention', connected: 'good', lost: 'bad' } as const;
  line.dataset['level'] = levels[state.phase];
  setText(element('line-words', HTMLElement), connectionWords(state));
  if (state.phase === 'connected') {
    operating = state.role === 'operator';
    // Until this server says how patient it is.
    heartbeat.patience = showDeadMan(undefined);
  }
  // It stays while connecting: the operator may be typing in it.
  const form = element('token-form', HTMLFormElement);
  if (state.phase === 'connected') form.hidden = true;
  else if (state.phase === 'lost' && state.refused) form.hidden = false;
}

function connectionWords(state: ConnectionState): string {
  if (state.phase === 'connecting') return 'connecting';
  if (state.phase === 'connected') {
    return `connected to ${state.server}${state.role === 'operator' ? '' : ` as ${state.role}`}`;
  }
  return `${state.refused ? 'no connection' : 'connection lost'}; again in ${state.retryIn} s`;
}

element('token-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const typed = element('token', HTMLInputElement);
  if (typed.value === '') return;
  token = typed.value;
  rememberToken(token, sessionStorage);
  typed.value = '';
  connection.connect();
});

/** Tell what this page is kept in sight for; the s that it may be silent for, if there is a dead-man's switch. */
function showDeadMan(seconds: unknown): number | undefined {
  const known = operating && typeof seconds === 'number' && seconds > 0 ? seconds : undefined;
  const line = element('dead-man', HTMLElement);
  line.hidden = known === undefined;
  if (known !== undefined) setText(line, `dead-man ${known} s: keep this page in sight`);
  return known;
}

function updateTexts(): void {
  const age = model.age(now());
  setText(element('data-age', HTMLElement), `state ${formatAge(age)}${Number.isFinite(age) ? ' old' : ''}`);
  robot.paint(model.damage, age, model.stale(now()));
  walk.update();
  after(TEXT_PERIOD, updateTexts);
}

function drawPicture(): void {
  robot.render();
  requestAnimationFrame(drawPicture);
}

health.show(undefined);
connection.connect();
updateTexts();
drawPicture();
