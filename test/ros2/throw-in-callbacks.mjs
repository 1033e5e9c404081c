// Preloaded into a program under test: what operators reach through ROS 2 fails, in the callbacks of rclnodejs.
import { Controller } from '../../dist/bridge/controller.js';

function fail() {
  throw new Error('a fault that a test provoked');
}
Object.assign(Controller.prototype, { setFrozen: fail, deactivate: fail });
Object.defineProperty(Controller.prototype, 'goalHeading', { get: () => 0, set: fail });
