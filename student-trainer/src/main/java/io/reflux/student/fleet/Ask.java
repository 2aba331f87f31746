package io.reflux.student.fleet;

/**
 * A batch as it was asked of one teacher.
 *
 * @param id the batch's id there; ids of asks increase over the whole fleet
 * @param batch what is wanted
 * @param teacher who is asked
 * @param askedNanos when
 * @param hedge whether another teacher is late with it
 */
record Ask(long id, WantedBatch batch, Teacher teacher, long askedNanos, boolean hedge) {}
