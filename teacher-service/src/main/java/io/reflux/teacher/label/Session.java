package io.reflux.teacher.label;

/**
 * What exists once a stream is open.
 *
 * @param terms what was agreed on
 * @param reader reads the student's batches
 * @param credit what the student is ready to receive
 * @param lane the student's way to its answers, closed with the stream
 * @param outbox answers that wait to be sent
 */
record Session(Terms terms, BatchReader reader, CreditAccount credit, BatchLane lane, Outbox outbox) {}
