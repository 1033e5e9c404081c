import { PursuitEnvironment } from '../../sim/pursuit-environment.js';
import { environmentContract } from '../contract/environment-contract.js';

environmentContract('Pursuit', () => new PursuitEnvironment());
