/**
 * Soft labels over gRPC: one stream to a teacher, several batches in flight, credit in bytes, made again when it breaks. The
 * book-keeping ({@link io.reflux.student.remote.LabelExchange}) knows no network, the call
 * ({@link io.reflux.student.remote.LabelCall}) no batches; {@link io.reflux.student.remote.TeacherStream} joins them on one
 * event loop, and {@link io.reflux.student.remote.RemoteSource} is what the training loop holds of it.
 */
@NullMarked
package io.reflux.student.remote;

import org.jspecify.annotations.NullMarked;
