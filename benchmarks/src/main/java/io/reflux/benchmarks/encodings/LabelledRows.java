package io.reflux.benchmarks.encodings;

/**
 * Rows of a teacher's logits and what a linear student would see of each.
 *
 * @param teacher what to call the teacher
 * @param rows B
 * @param classes C
 * @param width D, numbers that a student sees
 * @param features B x D
 * @param logits B x C
 */
@SuppressWarnings("ArrayRecordComponent")
record LabelledRows(String teacher, int rows, int classes, int width, float[] features, float[] logits) {}
