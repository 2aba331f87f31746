package io.reflux.student.recipe;

/** What is done when a teacher service changes its model in the midst of a run. */
public enum ModelChange {
    /** Its labels are not used: the run fails or, with other teachers, goes on without this one. */
    FAIL,
    /** Its labels are used, and the ledger tells which model labelled which batch. */
    ACCEPT;

    static ModelChange of(String name) {
        return switch (name) {
            case "fail" -> FAIL;
            case "accept" -> ACCEPT;
            default -> throw new IllegalArgumentException("onModelChange: " + name + " (expected: fail or accept)");
        };
    }
}
