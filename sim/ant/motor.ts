/** Joints act like motors: full effort up to this speed, rad/s, none beyond. Calmer than raw torque pairs. */
export const MOTOR_SPEED = 15;
/** N m s/rad: how steeply the effort falls off when the motor speed is reached. */
export const MOTOR_GAIN = 1000;
