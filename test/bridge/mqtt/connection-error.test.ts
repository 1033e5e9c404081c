import { describe, expect, it } from 'vitest';
import { connectionError } from '../../../bridge/mqtt/connection-error.js';

const told = (code: number | string): { code: string; message: string } =>
  connectionError('mqtt://broker', Object.assign(new Error('as it is'), { code }));

describe('a broker that is not to be talked to', () => {
  it.each([4, 5, 134, 135, 138])('for reason %i, is asked for what we may do', (reason) => {
    expect(told(reason)).toMatchObject({
      code: 'ERR_MQTT_REFUSED',
      message: expect.stringContaining('check user name and password') as string,
    });
  });

  it.each([1, 129, 130, 132, 149, 155])(
    'for reason %i, is told to speak otherwise, not us to log in',
    (reason) => {
      const { code, message } = told(reason);
      expect(code).toBe('ERR_MQTT_PROTOCOL');
      expect(message).toMatch(/^mqtt:\/\/broker: as it is; check that it is an MQTT 5 broker/);
      expect(message).not.toContain('password');
    },
  );

  it.each([0, 3, 136, 137, 139, 151, 159])('for reason %i, is there and does not serve now', (reason) => {
    const { code, message } = told(reason);
    expect(code).toBe('ERR_MQTT_CONNECT');
    expect(message).toContain('does not serve now');
  });
});
