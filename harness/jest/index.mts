// plumbing: `ic0-conformance/jest` for ESM projects
import commonJs from './index.cjs';

/** See index.cts. */
export const describeConformance: typeof commonJs.describeConformance = commonJs.describeConformance;
/** The suite could not be run at all. */
export const ConformanceError: typeof commonJs.ConformanceError = commonJs.ConformanceError;
