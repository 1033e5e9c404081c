/** What a client may take of the process that also controls a robot. Times in s, sizes in bytes. */
export interface WebSocketLimits {
  /** Of a message of viewers and operators. */
  readonly framePayload: number;
  /** Of a message of peers, who send weights. */
  readonly peerPayload: number;
  /** Frames a second of one client, and how many it may send at once; peers are trusted. */
  readonly frameRate: number;
  readonly frameBurst: number;
  /** Frames beyond that after which a client is disconnected. */
  readonly excessFrames: number;
  /** Clients at a time; viewers may take three quarters of them, so that an operator finds room. */
  readonly sessions: number;
  /** TCP connections at a time, with those that have not said yet who they are. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Of one client. */
  readonly subscriptions: number;
  readonly advertisements: number;
  /** Requests of one client that are not answered yet. */
  readonly pendingRequests: number;
  /** A request's headers have to be complete within this time. */
  readonly handshakeTimeout: number;
  /** A client that shows no sign of life between two pings is disconnected. */
  readonly pingPeriod: number;
  /** Least time between two messages of a topic that comes each control period. */
  readonly hotPeriod: number;
  /** Bytes that wait for a client from which on messages of those topics are left out for it. */
  readonly hotBacklog: number;
  /** How long it may be behind like that, and how much may wait at all, before it is disconnected. */
  readonly slowTime: number;
  readonly longestBacklog: number;
  /** How long the controller's or the robot's answer to a request is waited for. */
  readonly answerTimeout: number;
}

export const DEFAULT_LIMITS: WebSocketLimits = {
  framePayload: 64 * 1024,
  peerPayload: 4 * 1024 * 1024,
  frameRate: 50,
  frameBurst: 200,
  excessFrames: 1000,
  sessions: 64,
  connections: 256,
  connectionsPerAddress: 96,
  subscriptions: 128,
  advertisements: 32,
  pendingRequests: 16,
  handshakeTimeout: 5,
  pingPeriod: 15,
  hotPeriod: 1 / 60,
  hotBacklog: 256 * 1024,
  slowTime: 10,
  longestBacklog: 2 * 1024 * 1024,
  answerTimeout: 2,
};
