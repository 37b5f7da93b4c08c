/** Histograms of web requests, as agents send them: names and buckets follow OpenTelemetry's semantic conventions. */
export const requestDurationMetric = "http.server.request.duration";

/** Upper bounds of its buckets in seconds, inclusive; each request counts in one bucket, above the last in `inf`. */
export const requestDurationBounds: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** How many requests of a machine were recorded one by one, and how many only counted, by `result`. */
export const recordedRequestsMetric = "culprit.agent.web.requests";
