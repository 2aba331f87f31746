package io.reflux.teacher.lookup;

/**
 * One sample that waits for its answer.
 *
 * @param answer what it is part of
 * @param index its index there
 */
record Waiter(PendingAnswer answer, int index) {

    void receive(Answer received) {
        answer.receive(index, received);
    }
}
