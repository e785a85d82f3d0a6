export { parseLabelSelector } from './label-selector.ts';
