/** What streaming soft labels costs: messages on the wire, latency, processor time, delay; each beside a peer in the same run. */
@NullMarked
package io.reflux.benchmarks.streaming;

import org.jspecify.annotations.NullMarked;
