/**
 * The gRPC side: what is negotiated when a stream opens, the credit account that stops the producer, and the handler
 * that turns messages into jobs for the batcher and logits into messages.
 */
@NullMarked
package io.reflux.teacher.label;

import org.jspecify.annotations.NullMarked;
