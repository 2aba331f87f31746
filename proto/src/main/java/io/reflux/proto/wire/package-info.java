/**
 * What both ends of a connection must agree on besides the messages: the call descriptors with their codec, HTTP/2
 * windows and message limits, digests, and how the answer to a large batch is cut into messages.
 */
@NullMarked
package io.reflux.proto.wire;

import org.jspecify.annotations.NullMarked;
