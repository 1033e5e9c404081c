// Publishes the same message with quality of service 0, as fast as the broker takes it, until it is killed.
// Arguments: the broker's port, topic, payload.
import { connect } from 'node:net';

const [port, topic, payload] = process.argv.slice(2);

/** Of MQTT 5; for packets of less than 16,384 bytes. */
const packet = (type, body) =>
  Buffer.concat([Buffer.of(type, (body.length % 128) | 128, Math.floor(body.length / 128)), body]);
const text = (value) => Buffer.concat([Buffer.of(0, value.length), Buffer.from(value)]);

const CLEAN_START = 2;
const greeting = Buffer.concat([
  text('MQTT'),
  Buffer.of(5, CLEAN_START, 0, 0, 0),
  text(`flood-${process.pid}`),
]);
const message = packet(0x30, Buffer.concat([text(topic), Buffer.of(0), Buffer.from(payload)]));
const many = Buffer.concat(Array.from({ length: 300 }, () => message));

const socket = connect(Number(port), '127.0.0.1');
socket.write(packet(0x10, greeting));
const flood = () => socket.write(many, flood);
socket.resume().once('data', () => {
  flood();
  process.stdout.write('it floods\n');
});
