package io.reflux.teacher.label;

import io.reflux.teacher.batcher.Lane;

/**
 * What exists once a stream is open.
 *
 * @param terms what was agreed on
 * @param reader reads the student's batches
 * @param encoder writes the answers
 * @param credit what the student is ready to receive
 * @param lane the student's place in the batcher, closed with the stream
 * @param outbox answers that wait to be sent
 */
record Session(Terms terms, BatchReader reader, LabelEncoder encoder, CreditAccount credit, Lane lane, Outbox outbox) {}
