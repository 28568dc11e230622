export * from './instance-header';
