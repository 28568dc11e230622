/** Thrown where geometry is asked for something that its arguments do not have: a defect of the caller. */
export class GeometryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GeometryError';
  }
}
