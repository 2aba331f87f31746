package io.reflux.teacher.lookup;

/**
 * One output of one sample that is waited for.
 *
 * @param answer what it is part of
 * @param cell its place there
 */
record Waiter(PendingAnswer answer, int cell) {

    void receive(Answer received) {
        answer.receive(cell, received);
    }
}
