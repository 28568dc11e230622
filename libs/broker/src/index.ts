export * from './subscribes';
export * from './wiring';
export * from './handlers';
export * from './wake-ups';
export * from './process-message';
export * from './embedded-transport';
export * from './broker.module';
