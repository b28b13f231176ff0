// plumbing: the golden vectors hold on the executor
import { executor } from '../../executor/index.js';
import { describeVectors } from './testing.js';

describeVectors('executor', executor);
