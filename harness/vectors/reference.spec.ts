// plumbing: the golden vectors hold on the reference model
import { reference } from '../../reference-model/index.js';
import { describeVectors } from './testing.js';

describeVectors('reference', reference);
