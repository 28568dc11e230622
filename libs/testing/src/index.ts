export * from './clocks/virtual-clock';
export * from './clocks/seeded-random';
export * from './clocks/hasty-clock';
export * from './brokers/hostile-transport';
export * from './databases/test-stores';
export * from './dimse-peers';
export * from './databases/t-sql';
export * from './oracles/structure-set-oracles';
