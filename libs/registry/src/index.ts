export * from './manifest/manifest';
export * from './decision';
